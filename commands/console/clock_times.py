"""Times of day for the terminal."""

from datetime import datetime


def clock_time(at: datetime) -> str:
    """`15:00`, or `15:00:01`: one second can be the whole day, after a cut-off."""
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
