"""The Temporal side of a ticket: search attributes, metrics, signals and late reports.

Decisions are in `process`.
"""
