"""Identity: who sends a request, by which credential, and which tickets exist for that caller.

Nothing here knows HTTP. `api/gate` authenticates requests; `api/http` hands the caller to routes.
"""
