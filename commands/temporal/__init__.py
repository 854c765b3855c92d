"""Operation of a Temporal server: search attributes, Worker Deployments, replays.

The dev server is in `commands/processes`.
"""
