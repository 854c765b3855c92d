"""The data of a ticket and its clocks, and the messages it takes.

What changes them is in `actions` and `process`.
"""
