"""Actions of a ticket: one row each in the action table, by area.

Automatic duties of the system are in `process`.
"""
