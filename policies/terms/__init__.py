"""What is pinned into a ticket when it opens, and how it follows from policy and contract.

What is promised to an account is in `policies/accounts`.
"""
