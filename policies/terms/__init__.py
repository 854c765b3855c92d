"""The terms pinned into a ticket, and how a policy and a contract determine them.

The terms of an account are in `policies/accounts`.
"""
