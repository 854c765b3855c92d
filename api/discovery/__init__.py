"""What a caller can choose from: itself, accounts, and what requests under a policy can be.

Reading tickets is in `api/tickets`.
"""
