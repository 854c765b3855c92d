"""The bytes of an XES log, part by part, and the way from broken XML to the next trace."""

import re
from typing import BinaryIO

CHUNK = 1 << 16
MOST_HEADER = 1_000
"""Bytes before the first event of a trace in which its ticket is looked for."""
_PASSED = re.compile(rb"<(trace(?=[\s>/])|/trace>|event(?=[\s>/]))")
"""The next trace, the end of one, an event."""
LONGEST_PASSED = 16
_AFTER_ATTRIBUTE = re.compile(rb"/>\s{0,100}\Z")
"""Before the first event of a trace. The others follow an event."""
_EMPTY_EVENT = re.compile(rb"<event\s{0,100}/>\s{0,100}\Z")
MOST_HEADERS = 1_000
"""Traces on the way whose tickets are looked for; those of the others are not named."""


class XesSource:
    """The bytes of a file. `chunk` is the part that is read now, `line` the lines before it. `ends`
    are the ends of traces that were passed on the way to the next one, `begun` the first events of
    traces, and `headers` the attributes before these.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._before = b""
        self.ends = self.begun = 0
        self.headers: list[bytes] = []
        self.line = 0
        self.chunk = file.read(CHUNK)

    def go_on(self) -> None:
        """The next part."""
        self.line += self.chunk.count(b"\n")
        self._before, self.chunk = self.chunk, self._file.read(CHUNK)

    def find_trace(self, begin: int) -> bool:
        """Goes on at the next trace that begins there or later. `begin` is relative to the part,
        and negative for a tag that began in the part before. False if there is none.
        """
        window = self._before + self.chunk
        self.line -= self._before.count(b"\n")
        self.ends, self.begun, self.headers = 0, 0, []
        begin = max(0, begin + len(self._before))
        while True:
            for match in _PASSED.finditer(window, begin):
                if match[1] == b"trace":
                    self.line += window.count(b"\n", 0, match.start())
                    self._before, self.chunk = b"", window[match.start() :]
                    return True
                self._pass(match)
                begin = match.end()
            begin = max(begin, len(window) - LONGEST_PASSED)
            kept = max(0, begin - MOST_HEADER)
            self.line += window.count(b"\n", 0, kept)
            more = self._file.read(CHUNK)
            if not more:
                return False
            window, begin = window[kept:] + more, begin - kept

    def _pass(self, match: re.Match[bytes]) -> None:
        if match[1] == b"/trace>":
            self.ends += 1
            return
        header = match.string[max(0, match.start() - MOST_HEADER) : match.start()]
        if _AFTER_ATTRIBUTE.search(header[-102:]) and not _EMPTY_EVENT.search(header[-300:]):
            self.begun += 1
            if self.begun <= MOST_HEADERS:
                self.headers.append(header)
