"""The instant at which something comes to a process from beside it."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

Present: TypeAlias = Callable[[], datetime]
"""Now, in UTC, once everything that was owed by then is performed."""
