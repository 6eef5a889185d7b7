"""People of a stage: accounts, signing in from a script, and the question that proves that a stage answers.
Owns no pool: the stack declares it.
"""
