"""The process that parses: the caller's side of it, and its own.
Owns what a parser may use and do; knows no format.
"""
