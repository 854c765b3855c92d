"""The gate before all routes: authentication, rates, lockout, checks of bodies, headers.

Limits of connections are in `api/server`, problems and parameters in `api/http`.
"""
