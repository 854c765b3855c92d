"""Temporal SDK plumbing: connection, dev server, tracing, UI details.

Nothing here knows tickets or accounts.
"""
