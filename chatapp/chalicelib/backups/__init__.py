"""Backups of a stage, as it was at one instant: making them every night, what one consists of, and the way back.
Owns no AWS calls (`aws`) and nothing of what a row means: a row comes back as it was.
"""
