"""Routes of accounts and their models: outages, sessions, credits, claims.

The effects of actions are in `workflows/account`.
"""
