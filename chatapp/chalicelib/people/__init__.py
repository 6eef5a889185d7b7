"""What the app keeps of a person beside the account: a name, a budget of their own, when they came last.
Owns no account, no group and no counts: those are Cognito's, and the table of usage's.
"""
