"""Side effects of the workflows: notices, settled terms, reports to accounts, requests to merge.

Activities depend on ports; their implementations are in `activities/adapters`.
"""
