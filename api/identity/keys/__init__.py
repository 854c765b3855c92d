"""API keys of services and agents: their format, the store, and authentication by them.

Tokens of OpenID Connect providers are in `api/identity/oidc`, tokens from the settings in
`api/identity`.
"""
