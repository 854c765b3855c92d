"""Command-line arguments, terminal output, and files that are written.

Timelines of tickets and accounts are in `commands/timeline`.
"""
