"""Mappings: YAML documents that say what the columns, states and events of a log mean.

A mapping is checked like a policy. It turns the records of a reader into tickets (`backtest/log`).
"""
