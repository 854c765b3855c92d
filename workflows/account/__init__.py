"""The account workflow: outages, sessions, service credits and claims.

What is promised to an account is worked out in `policies/accounts`.
"""
