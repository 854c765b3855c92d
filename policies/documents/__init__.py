"""A YAML text as data that knows its lines, and problems with their place in it.

Nothing here knows a rule of a policy.
"""
