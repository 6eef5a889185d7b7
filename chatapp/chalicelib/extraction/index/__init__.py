"""What is found in a document: its full-text index, and its outline.
Owns no page: those are read by `readers` and stored by `files`.
"""
