"""HTTP without tickets or accounts: authentication, problems, limits, the server.

Routes are in `api/tickets`, `api/accounts` and `api/health.py`.
"""
