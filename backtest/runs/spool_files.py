"""Files of a spool: lists of plain tuples, appended in parts and read back part by part."""

import marshal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta.resolution

Plain = tuple[Any, ...]
"""A tuple of numbers, texts, None and such tuples."""


def append(path: Path, items: list[Plain]) -> None:
    """Adds a part to the end of a file. OSError names it, as it does when the disk is full."""
    try:
        with path.open("ab") as file:
            file.write(marshal.dumps(items))
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def parts(path: Path) -> Iterator[Plain]:
    """The items of a file, of which one part is in memory at a time; none if there is no file."""
    if not path.exists():
        return
    with path.open("rb") as file:
        while True:
            try:
                part = marshal.load(file)
            except EOFError:
                return
            yield from part


def number_of(at: datetime) -> int:
    """A time as microseconds since 1970."""
    return (at - EPOCH) // _MICROSECOND


def time_of(number: int) -> datetime:
    """The time (UTC) of these microseconds since 1970."""
    return EPOCH + timedelta(microseconds=number)
