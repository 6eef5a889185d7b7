"""What a file is, told by its own bytes, and in which characters its text is written.
Owns no reading: each kind names the reader that knows its format.
"""
