"""The back-test on the command line: `desk backtest`, its progress, and its output.

Reading, judging and counting are in `backtest`, without a terminal.
"""
