"""What `desk announce` shows: whom an announcement would reach, how far it is, and its report.

The announcement itself is in `workflows/announcement`.
"""
