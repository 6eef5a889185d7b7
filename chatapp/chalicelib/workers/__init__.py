"""What a function that runs for long needs beside its work: intervals, scratch space.
Owns no work, and imports no subject.
"""
