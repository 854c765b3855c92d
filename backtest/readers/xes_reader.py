"""XES (IEEE 1849): traces of events, each with typed attributes.

An event's attributes are its fields by their keys; those of its trace are `case:` and the key, as
in `case:concept:name`. Attributes in attributes are not read.

XML that is broken takes out the trace in which it is. Reading goes on with the next one. Traces on
the way to it, whose beginning is damaged too, are reported as well.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import quoteattr, unescape

from backtest.log.record import Record
from backtest.log.unreadable import Reason, Unreadable
from backtest.mapping.document import LogMapping
from backtest.readers.log_file import BROKEN
from backtest.readers.xes_source import XesSource

CASE = "case:"
EVENT, TRACE, LOG = "event", "trace", b"<log>"
LONGEST_TRACE = 100_000
"""Events of one trace; a longer one is left out, so that no trace fills the memory."""
LONGEST_TAG = 1 << 20
"""Bytes of one tag with its attributes."""
MOST_TEXT = 1 << 26
"""Characters of the attributes of one trace."""
DEEPEST = 100
"""Tags in tags."""
MISMATCH = expat.errors.codes[expat.errors.XML_ERROR_TAG_MISMATCH]
_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}encoding=["']([A-Za-z0-9._-]{1,40})["']""")


def read_xes(file: BinaryIO, mapping: LogMapping) -> Iterator[Record | Unreadable]:
    """The events of a log, trace by trace."""
    traces = _Traces(mapping)
    source = XesSource(file)
    while True:
        broken_at = traces.take(source.chunk, source.line)
        yield from traces.done()
        if traces.is_refused or (broken_at is None and not source.chunk):
            return
        if broken_at is None:
            try:
                source.go_on()
            except BROKEN:
                yield from traces.cut_off()
                raise
        else:
            is_found = source.find_trace(broken_at)
            yield from traces.passed(source)
            if not is_found:
                return
            traces.begin_again()


class _BrokenError(Exception):
    """XML that is not read on, and its place: the parser itself goes on to the end of the part."""

    def __init__(self, wrong: str, index: int, line: int) -> None:
        super().__init__(wrong)
        self.index = index
        self.line = line


class _Traces:
    """Collects the events of one trace after the other from the XML."""

    def __init__(self, mapping: LogMapping) -> None:
        self._ticket = mapping.ticket
        self._columns = frozenset(mapping.columns)
        self._encoding: str | None = None
        self._number = 0
        self._had_events = False
        self._done: list[Record | Unreadable] = []
        self.is_refused = False
        self._line: int | None = None
        self._taken = 0
        self._begin()

    def begin_again(self) -> None:
        """Forgets what is broken; a trace comes next."""
        self._line = None
        self._begin()
        self._parser.Parse(LOG)
        self._taken = len(LOG)

    def passed(self, source: XesSource) -> Iterator[Unreadable]:
        """Traces that were passed after the broken one, and have an end or a first event only."""
        own = 0 if self._had_events else 1
        headers = source.headers[own:]
        for number in range(max(source.ends - 1, source.begun - own)):
            self._number += 1
            wrong = f"before line {source.line + 1}: a trace that does not begin"
            ticket = self._ticket_in(headers[number]) if number < len(headers) else None
            yield Unreadable(Reason.BROKEN, self._number, wrong, ticket, is_certain=False)

    def _ticket_in(self, header: bytes) -> str | None:
        """The ticket that the attributes before a first event name."""
        text = header.decode(self._encoding or "utf-8", "replace")
        if not self._ticket.startswith(CASE):
            return None
        key = re.escape(quoteattr(self._ticket.removeprefix(CASE))[1:-1])
        found = re.findall(rf"""key=["']{key}["'] value=["']([^"'<>]*)["']""", text)
        return unescape(found[-1]) or None if found else None

    def cut_off(self) -> Iterator[Unreadable]:
        """The trace in which the file breaks off."""
        if TRACE in self._path:
            self._break("its trace breaks off", self._parser.CurrentLineNumber)
        yield from (each for each in self.done() if isinstance(each, Unreadable))

    def take(self, chunk: bytes, line: int) -> int | None:
        """Takes the next part of the XML, before which are these lines. Returns the place in it
        after which it is broken, which is negative for a tag that began before it; else None.
        """
        if self._line is None:
            self._line = line
        if self._encoding is None:
            declared = _ENCODING.match(chunk)
            self._encoding = declared[1].decode() if declared else "utf-8"
        begin, self._taken = self._taken, self._taken + len(chunk)
        try:
            self._parser.Parse(chunk, not chunk)
            if self._taken - self._parser.CurrentByteIndex > LONGEST_TAG:
                self._break(
                    f"a tag of more than {LONGEST_TAG:,} bytes", self._parser.CurrentLineNumber
                )
                return self._parser.CurrentByteIndex + 1 - begin
        except expat.ExpatError as error:
            is_end = not chunk
            wrong = "breaks off" if is_end else "is broken"
            self._break(f"the XML {wrong}: {expat.ErrorString(error.code)}", error.lineno)
            # A trace in which nothing can be read is not tried again.
            index = self._parser.ErrorByteIndex
            if error.code == MISMATCH:
                index -= len("</")
            return index + (1 if index <= len(LOG) else 0) - begin
        except _BrokenError as error:
            self._break(str(error), error.line)
            return error.index - begin
        return None

    def done(self) -> Iterator[Record | Unreadable]:
        """The events of the traces that are complete, and what is broken."""
        done, self._done = self._done, []
        return iter(done)

    def _begin(self) -> None:
        self._parser = expat.ParserCreate(self._encoding)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._path: list[str] = []
        self._begin_trace()

    def _begin_trace(self) -> None:
        self._trace: dict[str, str] = {}
        self._events: list[dict[str, str]] = []
        self._fingerprints: list[int] = []
        self._is_in_event = False
        self._length = 0
        # Other tickets that the attributes of the trace name.
        self._others: list[str] = []

    def _begin_event(self) -> None:
        if len(self._events) >= LONGEST_TRACE:
            self._refuse(f"a trace of more than {LONGEST_TRACE:,} events")
        self._events.append({})
        self._fingerprints.append(0)
        self._is_in_event = True

    def _break(self, wrong: str, line: int) -> None:
        """Reports what is broken, with the ticket in whose trace it is."""
        fields = {**self._trace, **(self._events[0] if self._events else {})}
        ticket = fields.get(self._ticket) if TRACE in self._path else None
        place = self._number + 1
        self._number += len(self._events)
        self._had_events = bool(self._events)
        text = f"line {(self._line or 0) + line}: {wrong}"
        self._done.append(Unreadable(Reason.BROKEN, place, text, ticket))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._path[-1] if self._path else ""
        if name == TRACE:
            if TRACE in self._path:
                self._refuse("a trace that does not end before the next one")
            self._begin_trace()
        elif parent == EVENT and self._events:
            self._keep(self._events[-1], attributes.get("key", ""), attributes)
        elif name == EVENT and parent == TRACE:
            self._begin_event()
        elif parent == TRACE:
            self._keep_of_trace(CASE + attributes.get("key", ""), attributes)
        if self._is_in_event:
            before = self._fingerprints[-1]
            self._fingerprints[-1] = hash((before, name, *attributes.items()))
        self._path.append(name)
        if len(self._path) > DEEPEST:
            self._refuse(f"more than {DEEPEST} tags in tags")

    def _keep_of_trace(self, key: str, attributes: dict[str, str]) -> None:
        value = attributes.get("value", "")
        if key == self._ticket and self._trace.get(key, value) != value:
            self._others.append(value)
        self._keep(self._trace, key, attributes)

    def _keep(self, fields: dict[str, str], key: str, attributes: dict[str, str]) -> None:
        # A key comes once. A second one is of an event whose tags are damaged.
        if key in self._columns and key not in fields:
            fields[key] = value = attributes.get("value", "")
            self._length += len(value)
            if self._length > MOST_TEXT:
                self._refuse(f"a trace of more than {MOST_TEXT:,} characters")

    def _refuse(self, wrong: str) -> NoReturn:
        raise _BrokenError(wrong, self._parser.CurrentByteIndex, self._parser.CurrentLineNumber)

    def _end(self, name: str) -> None:
        self._path.pop()
        if name == EVENT:
            self._is_in_event = False
        if name == TRACE and self._others:
            self._break_merged()
        elif name == TRACE:
            for fields, fingerprint in zip(self._events, self._fingerprints, strict=True):
                self._number += 1
                self._done.append(Record(self._number, {**self._trace, **fields}, fingerprint))
            self._events = []

    def _break_merged(self) -> None:
        """Traces between which an end and a beginning are missing: whose the events are is not
        known.
        """
        tickets = (self._trace.get(self._ticket), *self._others)
        place, wrong = self._number + 1, "a trace of several tickets"
        text = f"line {(self._line or 0) + self._parser.CurrentLineNumber}: {wrong}"
        self._done += [Unreadable(Reason.BROKEN, place, text, ticket) for ticket in tickets]
        self._number += len(self._events)
        self._events, self._others = [], []

    def _doctype(self, *_: object) -> None:
        self.is_refused = True
        self._refuse("the XML declares a document type, which no log needs")
