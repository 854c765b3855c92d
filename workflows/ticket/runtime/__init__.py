"""The Temporal side of a ticket: search attributes, metrics, signals and reports to accounts.

Decisions are in `process`.
"""
