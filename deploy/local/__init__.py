"""The local AWS: MiniStack and the demo model as two processes of this machine, on 127.0.0.1.

`aws.py` starts, stops and describes them; `processes.py` owns pids; `environment.py` owns MiniStack's Python
environment; `emulator/` runs inside it; `demo_model/` stands in for Claude. Deploys nothing: that is done as on AWS.
"""
