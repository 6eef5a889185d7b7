"""Removing for good: what was deleted, what is kept no longer, and whoever is gone; the sweep finds what was lost.
Owns no undo: hiding and bringing back is with `undo`.
"""
