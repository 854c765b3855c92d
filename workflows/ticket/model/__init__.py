"""The data of a ticket and its clocks, and its messages.

Changes of the data are in `actions` and `process`.
"""
