"""Starting, supervising and stopping processes on this machine.

What a process does once it runs is in `api`, `worker.py` and `workflows`.
"""
