"""MiniStack with the calls that it lacks. Runs in its own Python environment (`deploy/local/requirements.txt`).
Owns no process: `deploy/local/aws.py` starts and stops it.
"""
