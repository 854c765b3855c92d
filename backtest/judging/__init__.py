"""Judging: one ticket of a log played through a policy, on the core of a live ticket.

What is counted of it is in `backtest/results`; whole logs are judged in `backtest/runs`.
"""
