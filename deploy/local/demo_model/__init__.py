"""A stand-in for Claude that speaks the Messages API over HTTP, with what a script tells it to say or do.
Owns no rule of the app: what the real API refuses, it refuses.
"""
