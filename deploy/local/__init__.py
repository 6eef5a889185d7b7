"""The local AWS: MiniStack and the demo model as two processes of this machine, on 127.0.0.1.

`aws.py` starts, stops and describes them; `processes.py` owns pids; `environment.py` owns MiniStack's Python
environment; `emulator.py`, `rest_api_import.py` and `role_checks.py` run inside it; `demo_*.py` are the demo model.
"""
