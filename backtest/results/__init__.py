"""The results of a back-test: one row for each ticket and clock, totals, and the worst tickets.

How a ticket is judged is in `backtest/judging`; pages about results are in `backtest/report`.
"""
