"""The functions' package, policies and configuration, and their deployment by Chalice.
Owns no grant: those are read from the app itself.
"""
