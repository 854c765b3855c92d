"""Commands for those who develop Durable Desk: reports that tests and documents are made from.

Each command is a module with a function of its name.
"""
