"""The `desk` command, one file for each subcommand; what they share is in the folders.

Nothing below imports them.
"""
