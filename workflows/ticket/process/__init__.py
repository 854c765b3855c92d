"""The ticket as an aggregate: what it is, what it owes now, and how it is shown.

Nothing here imports `temporalio`; the Temporal side is in `runtime`.
"""
