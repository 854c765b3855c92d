"""Comparison: two policies on the same log, a policy with other values, or one value in steps.

One policy is run in `backtest/runs`; pages about comparisons are in `backtest/report`.
"""
