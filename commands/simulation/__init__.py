"""Runs scenarios on a real Temporal server that can skip time.

The file format is in `commands/scenario`.
"""
