"""The account workflow: outages, sessions, service credits and claims.

How availability and credits are computed is in `policies/accounts`.
"""
