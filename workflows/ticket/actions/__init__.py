"""What people may do to a ticket: one row for an action, by area.

What the system does by itself is in `process`.
"""
