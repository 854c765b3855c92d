"""Side effects of the workflows: notices, settled terms, reports to accounts.

An activity knows ports; what implements them is in `activities/adapters`.
"""
