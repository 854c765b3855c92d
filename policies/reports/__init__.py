"""What people read about a policy: explanations, announcements, coverage of clauses.

Nothing here prints; tables and colours are in `commands`.
"""
