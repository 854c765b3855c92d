"""Temporal SDK plumbing: connection, dev server, tracing, UI details.

Nothing here knows a ticket or an account.
"""
