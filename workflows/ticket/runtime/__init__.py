"""The Temporal side of a ticket: search attributes, metrics, merges and reports to accounts.

Decisions are in `process`.
"""
