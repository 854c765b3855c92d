"""The durable processes: one workflow per ticket, per account and per announcement, and their
clients.

Rules of a policy are in `policies`, side effects in `activities`.
"""
