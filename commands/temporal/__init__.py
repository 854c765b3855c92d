"""Operating a Temporal server: search attributes, deployments of workers, replays.

Starting a dev server is in `commands/processes`.
"""
