"""XES (IEEE 1849): traces of events, each with typed attributes.

An event's attributes are its fields by their keys; those of its trace are `case:` and the key, as
in `case:concept:name`. Attributes in attributes are not read.
"""

from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from backtest.log.record import Record
from backtest.log.unreadable import Reason, Unreadable
from backtest.mapping.document import LogMapping

CASE = "case:"
CHUNK = 1 << 16
EVENT, TRACE = "event", "trace"
LONGEST_TRACE = 100_000
"""Events of one trace; a longer one is left out, so that no trace fills the memory."""


def read_xes(file: BinaryIO, mapping: LogMapping) -> Iterator[Record | Unreadable]:
    """The events of a log, trace by trace. XML that breaks off ends it: what was read stays."""
    traces = _Traces(mapping)
    try:
        while chunk := file.read(CHUNK):
            traces.take(chunk)
            yield from traces.done()
        traces.take(b"", is_last=True)
    except expat.ExpatError as error:
        wrong = f"the XML breaks off: {expat.ErrorString(error.code)}; what follows was not read"
        yield from traces.done()
        yield from traces.broken(error.lineno, wrong)
    except _Forbidden as error:
        yield from traces.done()
        yield from traces.broken(traces.line, str(error))
    yield from traces.done()


class _Forbidden(Exception):
    """XML that no log needs."""


class _Traces:
    """Collects the events of one trace after the other from the XML."""

    def __init__(self, mapping: LogMapping) -> None:
        self._mapping = mapping
        self._columns = frozenset(mapping.columns)
        self._parser = expat.ParserCreate(namespace_separator=None)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._path: list[str] = []
        self._trace: dict[str, str] = {}
        self._events: list[dict[str, str]] = []
        self._number = 0
        self._done: list[Record | Unreadable] = []

    @property
    def line(self) -> int:
        """The line that is read."""
        return self._parser.CurrentLineNumber

    def take(self, chunk: bytes, *, is_last: bool = False) -> None:
        """Takes the next part of the XML."""
        self._parser.Parse(chunk, is_last)

    def done(self) -> Iterator[Record | Unreadable]:
        """The events of the traces that are complete."""
        done, self._done = self._done, []
        return iter(done)

    def broken(self, line: int, wrong: str) -> Iterator[Unreadable]:
        """The break, and the trace in which it is."""
        yield Unreadable(Reason.BROKEN, line, f"line {line}: {wrong}")
        ticket = self._trace.get(self._mapping.ticket)
        if TRACE in self._path and ticket is not None:
            place = self._number + 1
            yield Unreadable(Reason.BROKEN, place, "its trace breaks off", ticket)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._path[-1] if self._path else ""
        if parent == EVENT:
            key = attributes.get("key", "")
            if key in self._columns:
                self._events[-1][key] = attributes.get("value", "")
        elif name == EVENT and parent == TRACE:
            # An event too many is counted, and no longer kept.
            self._events += [{}] if len(self._events) <= LONGEST_TRACE else []
        elif name == TRACE:
            self._trace, self._events = {}, []
        elif parent == TRACE:
            key = CASE + attributes.get("key", "")
            if key in self._columns:
                self._trace[key] = attributes.get("value", "")
        self._path.append(name)

    def _end(self, name: str) -> None:
        self._path.pop()
        if name == TRACE and len(self._events) > LONGEST_TRACE:
            wrong = f"a trace of more than {LONGEST_TRACE:,} events"
            ticket = self._trace.get(self._mapping.ticket)
            self._done.append(Unreadable(Reason.BROKEN, self._number + 1, wrong, ticket))
        elif name == TRACE:
            for fields in self._events:
                self._number += 1
                self._done.append(Record(self._number, {**self._trace, **fields}))

    def _doctype(self, *_: object) -> None:
        raise _Forbidden("the XML declares a document type, which no log needs")
