"""The shapes of requests and replies by subject: the source of the OpenAPI document and of the site's types.
Owns limits of form only; a rule that needs to read something lives in the domain.
"""
