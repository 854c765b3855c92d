"""Runs: a whole log spooled to disk, judged by all cores, and its results merged.

One ticket is judged in `backtest/judging`. Memory stays flat: a log is never held as a whole.
"""
