"""Timelines of tickets and accounts: events, clocks and e-mails, for the terminal and as JSON.

The events themselves come from `workflows`.
"""
