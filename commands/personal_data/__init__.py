"""Commands about the data of one person. Each command is a module with a function of its name.

How data is found and erased is in `workflows/client`.
"""
