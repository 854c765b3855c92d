"""Readers of logs: one module for each format, streamed. A `.gz` or `.zip` is read as it is.

A reader knows its format only. What a field means is in `backtest/mapping`.
"""
