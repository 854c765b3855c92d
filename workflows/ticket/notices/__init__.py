"""The notices of a ticket: who is told of what, when, and with which facts.

Their delivery is in `workflows/shared` and `activities`. Which rung fires is decided in `process`.
"""
