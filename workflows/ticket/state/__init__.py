"""The state of a ticket, which continue-as-new carries, and what follows from it alone.

Changes of the state are in `actions` and `process`.
"""
