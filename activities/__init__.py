"""Side effects of the workflows: notices, settled terms, reports to accounts.

Activities depend on ports; their implementations are in `activities/adapters`.
"""
