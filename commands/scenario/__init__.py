"""The format of scenario files: steps, expectations and checks.

Scenarios are run in `commands/simulation`.
"""
