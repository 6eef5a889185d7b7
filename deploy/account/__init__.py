"""What a deployment sets up in the AWS account around the functions: stacks, API stage settings, access to models.
Owns no function (`functions`) and no person (`people`).
"""
