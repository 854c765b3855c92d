"""HTTP without tickets or accounts: callers and tokens, problems, parameters, the description.

Routes are in `api/tickets`, `api/accounts` and `api/health.py`, checks before them in `api/gate`.
"""
