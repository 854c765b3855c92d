"""The HTTP API: a stateless process between callers and the workflows.

It holds no rule of a policy or a ticket.
"""
