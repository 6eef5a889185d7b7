"""One module a format: from a file to its pages. Imported by the child process alone.
Owns no limit of time or memory: the sandbox around it does.
"""
