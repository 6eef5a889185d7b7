"""Conversations and their messages: rows, lists and changes.
Owns no turn: how a prompt gets its answer is in `turns`.
"""
