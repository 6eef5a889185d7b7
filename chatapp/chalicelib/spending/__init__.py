"""What model calls cost: counted per subject and for the stage, and held to their budgets.
Owns no price: those come with the models on offer, from `settings`.
"""
