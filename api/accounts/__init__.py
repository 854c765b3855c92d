"""Routes and bodies of accounts: outages, sessions, credits, claims.

What an action does is in `workflows/account`.
"""
