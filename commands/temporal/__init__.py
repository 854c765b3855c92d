"""Operation of a Temporal server: search attributes, Worker Deployments, checks before a promotion.

The dev server is in `commands/processes`.
"""
