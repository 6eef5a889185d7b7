"""The model behind one small interface: a prompt goes in, events come out, every failure is a `ModelError`.
Owns no prompt and no budget; `client` alone imports anthropic.
"""
