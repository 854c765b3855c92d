"""The durable processes: one workflow a ticket, one an account, and the clients that call them.

Rules of a policy are in `policies`, everything with a side effect is in `activities`.
"""
