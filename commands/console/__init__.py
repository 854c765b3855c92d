"""Command-line arguments and terminal output.

Timelines of tickets and accounts are in `commands/timeline`.
"""
