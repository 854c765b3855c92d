"""The ticket as an aggregate: its changes, its duties, and its views.

Nothing here imports `temporalio`; the Temporal side is in `runtime`. Its notices are in `notices`.
"""
