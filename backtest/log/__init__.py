"""A ticket as a log tells it: rows in order, in the words of a policy, and what could not be read.

How a file becomes records is in `backtest/readers`, how records become rows in `backtest/mapping`.
"""
