"""The values that a ticket is made of: its events, messages, fields and refusals.

Its clocks are in `clocks`, and its whole state in `state`.
"""
