"""What every reader does: bytes of a format as records, one at a time."""

from collections.abc import Iterator
from typing import BinaryIO, Protocol

from backtest.log.record import Record
from backtest.log.unreadable import Unreadable
from backtest.mapping.document import LogMapping


class Reader(Protocol):
    """Reads a log of one format, which is already decompressed.

    It yields the entries in the order of the file, with the columns that the mapping uses; what it
    cannot read it yields as `Unreadable`, and goes on. It holds no more than one ticket in memory.
    """

    def __call__(self, file: BinaryIO, mapping: LogMapping) -> Iterator[Record | Unreadable]:
        """The entries of the log."""
        ...
