"""Deployment: the stacks, the package, the functions and the site, on AWS and on the local AWS alike.

Reads the app's own tables (`functions/app_modules.py`); nothing of it runs in a function.
"""
