"""Removing for good what a person deleted, once the time for undoing it is over.
Owns no undo: hiding and bringing back is with `undo`.
"""
