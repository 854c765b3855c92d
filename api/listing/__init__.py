"""`GET /tickets`: filters, cursors, and queries to Temporal's visibility store.

Routes of a single ticket are in `api/tickets`.
"""
