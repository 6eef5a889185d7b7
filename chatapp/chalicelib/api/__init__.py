"""The HTTP edge: what a request may look like, and how what the domain returns is shown.
Owns no rule of its own; the routes that lead here are declared in `app.py`.
"""
