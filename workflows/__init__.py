"""The durable processes: one workflow per ticket and one per account, and their clients.

Rules of a policy are in `policies`, side effects in `activities`.
"""
