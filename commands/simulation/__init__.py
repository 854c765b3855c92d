"""Running a scenario on a real Temporal server whose clock can skip ahead.

The file format is in `commands/scenario`.
"""
