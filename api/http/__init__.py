"""HTTP without tickets or accounts: the caller of a route, problems, parameters, the description.

Routes are in `api/tickets`, `api/accounts` and `api/health.py`, checks before them in `api/gate`.
"""
