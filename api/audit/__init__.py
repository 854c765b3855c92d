"""The audit log: who was let in or refused, and what they did. Diagnostics are in the logs, the
record of a ticket is its timeline.
"""
