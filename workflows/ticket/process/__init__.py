"""The ticket as an aggregate: its changes, its duties, its notices, and its views.

Nothing here imports `temporalio`; the Temporal side is in `runtime`.
"""
