"""The results of a back-test: one row for each ticket and clock, totals, and the worst tickets.

How a ticket is judged is in `backtest/judging`; output is in `commands/backtest`.
"""
