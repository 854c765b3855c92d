"""Tokens of OpenID Connect providers: JWT access tokens, the keys that sign them, and the claims
that become a caller.

API keys are in `api/identity/keys`.
"""
