"""Who sends a request: credentials, callers, and the accounts and tickets that exist for them.
Nothing here knows HTTP.
"""
