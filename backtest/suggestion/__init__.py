"""Suggestions: a mapping proposed for a log that nobody has described, and what is unsure in it.

A suggestion is a YAML text for a person to correct. What a mapping means is in `backtest/mapping`.
"""
