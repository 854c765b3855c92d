"""The erasure of a person's data: tickets, accounts, credentials, and a report about it.

Keys and credentials are behind ports: their stores are in `encryption` and `api`.
"""
