"""Reports about a policy: explanations of due times, announcements, coverage of clauses.

Nothing here prints; tables and colours are in `commands`.
"""
