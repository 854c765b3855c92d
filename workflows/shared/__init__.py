"""Shared by the ticket and the account workflow: requests, refusals, outbox, deliveries, timer.

Code that only one of them needs is in `workflows/ticket` or `workflows/account`.
"""
