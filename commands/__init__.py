"""The subcommands of `desk`, one file each; shared code is in the folders.

No layer below imports this package.
"""
