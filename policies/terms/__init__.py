"""How a policy and a contract determine the terms pinned into a ticket.

The terms themselves are in `policies/terms/model`, those of an account in `policies/accounts`.
"""
