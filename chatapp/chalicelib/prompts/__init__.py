"""What Claude is sent: the thread and its files within budgets, the tools that search them, and the citations back.
Owns no call to the model: `answering` makes it.
"""
