"""What the ticket and the account workflow share: requests, refusals, outbox, deliveries, timer.

What only one of them needs is in `workflows/ticket` or `workflows/account`.
"""
