"""The report of a back-test as one HTML page: its figures, charts, texts and pictures of tickets.

Reports for a terminal and as JSON are in `commands/backtest`.
"""
