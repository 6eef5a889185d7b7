"""What chatapp does: one package a subject, each with its own two lines on top. Imports run one way (`pyproject.toml`).
Owns no route: those are declared in `app.py`.
"""
