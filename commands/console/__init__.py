"""Arguments and output of a terminal.

Timelines of tickets and accounts are in `commands/timeline`.
"""
