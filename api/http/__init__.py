"""Everything about HTTP that knows no ticket: auth, problems, limits, the server.

Routes are in `api/tickets`, `api/accounts` and `api/health.py`.
"""
