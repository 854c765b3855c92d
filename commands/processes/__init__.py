"""Starting, supervising and stopping processes on this machine.

The code that runs in them is in `api`, `worker.py` and `workflows`.
"""
