"""The worker of one answer: claims what was queued, asks Claude in rounds, streams, stores, names the conversation.
Owns no prompt (`prompts`) and no row of a turn (`turns`).
"""
