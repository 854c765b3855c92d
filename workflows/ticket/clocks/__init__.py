"""The clocks of a ticket: how events, pauses and changes of promises move them.

Their terms are in `policies/terms/model`, due times in `policies/terms/deadlines.py`.
"""
