"""Who sends a request: credentials, callers, and the accounts and tickets that exist for them. Whom
a ticket can be assigned to. Nothing here knows HTTP.
"""
