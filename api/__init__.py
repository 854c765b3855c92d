"""The HTTP API: stateless, between callers and the workflows.

Rules of policies are in `policies`, those of tickets and accounts in `workflows`.
"""
