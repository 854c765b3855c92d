"""A spooled log: its entries on disk, in buckets by ticket.

A log may be in any order, and the end of it is known only at its end. So it is read once, and each
entry goes to the bucket of its ticket. A bucket has all entries of its tickets, and its tickets are
the same however many processes judge them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

from backtest.log.ticket import number_in
from backtest.log.unreadable import LeftOut, Reason, Unreadable
from backtest.mapping.document import LogMapping
from backtest.mapping.reading import Entry, Reading
from backtest.readers.all_readers import read_log
from backtest.runs.spool_files import Plain, append, number_of, parts, time_of

BUCKETS = 256
BUFFERED = 20_000
"""Entries in memory before they are written."""
Progress = Callable[[int, int], None]
"""Gets how much is done, and how much there is."""


@dataclass
class Bucket:
    """The entries of each ticket of a bucket, and the tickets with one that cannot be read."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)
    unreadable: dict[str, Unreadable] = field(default_factory=dict)


@dataclass
class SpooledLog:
    """A log on disk. `until` is its end: the latest time of any entry. `left_out` are the records
    without a ticket.
    """

    log: str
    mapping: LogMapping
    directory: Path
    now: datetime
    until: datetime | None = None
    records: int = 0
    left_out: LeftOut = field(default_factory=LeftOut)

    def bucket(self, number: int) -> Bucket:
        """The entries of one bucket."""
        bucket = Bucket()
        for ticket, *rest in parts(self._path(number)):
            if len(rest) == 2:
                reason, text, is_certain = rest[1]
                wrong = Unreadable(Reason(reason), rest[0], text, ticket, is_certain)
                bucket.unreadable.setdefault(ticket, wrong)
            else:
                at, place, fields, fingerprint = rest
                entry = Entry(time_of(at), place, fields, fingerprint)
                bucket.entries.setdefault(ticket, []).append(entry)
        return bucket

    def entries_of(self, ticket: str) -> list[Entry]:
        """The entries of one ticket, if the log has it."""
        return self.bucket(bucket_of(ticket)).entries.get(ticket, [])

    def _path(self, number: int) -> Path:
        return self.directory / f"entries-{number}"

    def fill(self, on_progress: Progress) -> None:
        """Reads the log. LogError if it is no such log, OSError if it cannot be opened."""
        buffers: dict[int, list[Plain]] = {}
        for item in self._items(on_progress):
            buffers.setdefault(bucket_of(item[0]), []).append(item)
            if self.records % BUFFERED == 0:
                self._write(buffers)
        self._write(buffers)

    def _items(self, on_progress: Progress) -> Iterator[Plain]:
        reading = Reading(self.mapping, None, self.now)
        latest = None
        for record in read_log(Path(self.log), self.mapping, on_progress):
            self.records += 1
            read = record if isinstance(record, Unreadable) else reading.entry(record)
            if isinstance(read, Unreadable):
                damaged = number_in(read.ticket or "")
                if damaged:
                    yield (damaged, read.place, (read.reason.value, read.text, read.is_certain))
                else:
                    self.left_out.add(read._replace(ticket=None))
                continue
            ticket, entry = read
            latest = entry.at if latest is None else max(latest, entry.at)
            yield (ticket, number_of(entry.at), *entry[1:])
        self.until = latest

    def _write(self, buffers: dict[int, list[Plain]]) -> None:
        for number, items in buffers.items():
            append(self._path(number), items)
        buffers.clear()


@contextmanager
def spooled(
    log: Path, mapping: LogMapping, now: datetime, on_progress: Progress = lambda _, __: None
) -> Iterator[SpooledLog]:
    """A log, read and spooled; it is removed from the disk at the end. `now` is the time of the
    run: what a log has later is an error of it.
    """
    with TemporaryDirectory(prefix="desk-backtest-") as directory:
        spool = SpooledLog(str(log), mapping, Path(directory), now)
        spool.fill(on_progress)
        yield spool


def bucket_of(ticket: str) -> int:
    """The bucket of a ticket, the same in every run."""
    return crc32(ticket.encode("utf-8", "backslashreplace")) % BUCKETS
