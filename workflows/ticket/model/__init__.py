"""The values that a ticket is made of: its opening, events, views, fields and refusals.

Who sees which of them is here as well. Its clocks are in `clocks`, and its whole state in `state`.
"""
