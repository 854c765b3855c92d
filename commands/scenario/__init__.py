"""The format of a scenario file: steps, expectations, and its checks.

Running one is in `commands/simulation`.
"""
