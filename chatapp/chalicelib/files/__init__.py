"""A file's life: upload, claim, extraction, lists, changes, attachment to conversations, quota.
Owns no parser (`extraction`) and nothing of how a file stands in a prompt (`prompts`).
"""
