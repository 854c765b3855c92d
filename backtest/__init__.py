"""The back-test: a policy tried on the log of another system's tickets, by the core of a live one.

It reads a log by a mapping, plays each ticket through the policy, and counts the results. Nothing
here prints, imports Temporal or reads the system clock; the commands are in `commands/backtest`.
"""
