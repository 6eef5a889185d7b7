"""A prompt and its answer: sent, retried, stopped, read, settled; and the log of an answer's frames.
Owns no making of an answer: that is the worker's, in `answering`.
"""
