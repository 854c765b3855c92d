"""Temporal SDK plumbing: connection, data converter, dev server, sandbox, tracing.

Nothing here knows a ticket or an account.
"""
