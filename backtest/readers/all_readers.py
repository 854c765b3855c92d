"""The reader of each format, and a whole log read by it."""

from collections.abc import Callable, Iterator
from pathlib import Path

from backtest.log.record import Record
from backtest.log.unreadable import Reason, Unreadable
from backtest.mapping.document import LogFormat, LogMapping
from backtest.readers.csv_reader import read_csv
from backtest.readers.jira_reader import read_jira
from backtest.readers.log_file import BROKEN, LogFile, open_log
from backtest.readers.reader import Reader
from backtest.readers.xes_reader import read_xes
from backtest.readers.zendesk_reader import read_zendesk

READERS: dict[LogFormat, Reader] = {
    LogFormat.CSV: read_csv,
    LogFormat.XES: read_xes,
    LogFormat.JIRA: read_jira,
    LogFormat.ZENDESK: read_zendesk,
}
EVERY = 1_000
"""Records between two reports of progress."""

Progress = Callable[[int, int], None]
"""Gets the bytes that are read, and those of the whole file."""


def read_log(
    path: Path, mapping: LogMapping, on_progress: Progress = lambda _, __: None
) -> Iterator[Record | Unreadable]:
    """The entries of a log. LogError if it is no such log, OSError if it cannot be opened. A file
    that is damaged ends there: what was read stays.
    """
    with open_log(path, mapping.csv.member) as file:
        number = 0
        try:
            for number, entry in enumerate(READERS[mapping.format](file.content, mapping), 1):
                if number % EVERY == 0:
                    on_progress(file.position, file.size)
                yield entry
        except BROKEN as error:
            wrong = f"the file breaks off: {error}; what follows was not read"
            yield Unreadable(Reason.BROKEN, number + 1, wrong)
        on_progress(file.size, file.size)


__all__ = ["READERS", "LogFile", "read_log"]
