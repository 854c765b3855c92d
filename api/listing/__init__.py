"""Lists of tickets: filters, cursors, and queries to Temporal's visibility store.

One ticket is read in `api/tickets`.
"""
