"""What the ticket and the account workflows have in common.

What only one of them needs is in `workflows/ticket` or `workflows/account`.
"""
