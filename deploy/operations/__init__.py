"""What watches a stage: alarms that mail the owner, a dashboard, and a budget.

A file per concern; `stack` puts them together.
"""
