"""JSON as a stream: the objects of a list, one at a time, however large the file is.

A file is an array of objects, pages of an API one after the other, each with its list under a name
(`{"issues": [...]}`), or one object a line. Only one object is in memory.

An object that is damaged is skipped. The next one begins where the brackets of the damaged one
close, at the latest at a line that begins with `{` and more, as each object that has its own line.
"""

import io
import json
import re
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO, NamedTuple

from backtest.readers.log_file import BROKEN

PIECE = 1 << 20
"""Characters that are read at once, of a line that is longer."""
LONGEST = 16 * PIECE
"""Characters of one object; a longer one is skipped, so that none fills the memory."""
DEEPEST = 100
"""Brackets in brackets of one object."""
SHOWN = 4_096
"""Characters of a damaged object that are kept."""
_PLAIN = re.compile(r'[^"{}\[\]]*+(?:"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"[^"{}\[\]]*+)*+')
"""Everything up to the next bracket, or up to a text that does not end."""
_IN_TEXT = re.compile(r'(?:[^"\\\n]|\\.)*+')
"""The rest of a text, up to its end or that of the line."""
_KEY = re.compile(r'"([^"\\]{1,100})"\s*:\s*\Z')
_NEW = re.compile(r"\{[ \t]*[^\s}]")
_BETWEEN = re.compile(r"[\s,]*+")
"""Between two objects of a list."""
_DEEP = 10_000
"""Brackets in brackets after which a file is not read on."""


class JsonObject(NamedTuple):
    """One object. `name` is that of its list; `number` counts the objects of the file from 1."""

    number: int
    line: int
    name: str
    value: dict[str, Any]


class BrokenObject(NamedTuple):
    """An object that cannot be read, how it begins, and why."""

    number: int
    line: int
    name: str
    text: str
    why: str


def json_objects(
    file: BinaryIO, encoding: str, lists: Collection[str]
) -> Iterator[JsonObject | BrokenObject]:
    """The objects of a file in order. `lists` are the names under which a page has its list."""
    text = io.TextIOWrapper(file, encoding=encoding, errors="backslashreplace", newline="\n")
    objects = _Objects(lists)
    try:
        while (piece := text.readline(PIECE)) and not objects.is_hopeless:
            objects.take(piece)
            yield from objects.done()
        objects.end()
        yield from objects.done()
    except BROKEN:
        if objects.is_inside:
            objects.end()
            yield from objects.done()
        raise
    finally:
        text.detach()


class _Objects:
    """Cuts a text into objects. `_open` has what they are in: the name of a list, None for a page.

    `is_hopeless` is whether the rest of the file is not worth to be read.
    """

    def __init__(self, lists: Collection[str]) -> None:
        self._pages = lists
        self.is_hopeless = False
        self._open: list[str | None] = []
        self._done: list[JsonObject | BrokenObject] = []
        self._line = self._number = 0
        self._is_new_line = True
        self._rest = ""
        self._is_in_long_text = False
        self._broken_line = 0
        # Of the object that is being read:
        self._depth = 0
        self._begin = 0
        self._name = ""
        self._key = ""
        self._parts: list[str] = []
        self._length = 0
        self._why = ""

    @property
    def is_inside(self) -> bool:
        """Whether an object has begun."""
        return self._depth > 0

    def done(self) -> Iterator[JsonObject | BrokenObject]:
        """The objects that are complete."""
        done, self._done = self._done, []
        return iter(done)

    def take(self, piece: str) -> None:
        """Takes a line, or the next piece of one."""
        if self._is_new_line:
            self._line += 1
            self._rest = ""
            if self._depth and _NEW.match(piece):
                self._break("it does not end before the next one")
            piece = piece.removeprefix("\ufeff") if self._line == 1 else piece
        self._is_new_line = piece.endswith("\n")
        text = self._rest + piece
        position = self._skip_text(text) if self._is_in_long_text else 0
        while position < len(text) and not self.is_hopeless:
            position = self._step(text, position)

    def end(self) -> None:
        """The end of the file."""
        if self._depth:
            self._break("the file ends in it; what follows it in its line was not read")
        elif self._rest or self.is_hopeless:
            self._stray(self._rest)
        elif self._open:
            self._number += 1
            why = "the file ends in a list"
            self._done.append(BrokenObject(self._number, self._line, "", "", why))

    def _step(self, text: str, begin: int) -> int:
        """Takes everything up to the next bracket, and the bracket. Returns where it goes on."""
        match = _PLAIN.match(text, begin)
        assert match is not None
        end = match.end()
        if end == len(text):
            self._plain(match[0])
            self._rest = ""
            return end
        if text[end] == '"':
            return self._open_text(text, match[0], end)
        self._rest = ""
        if self._depth:
            self._inside(match[0], text[end])
        else:
            self._outside(match[0], text[end])
        return end + 1

    def _open_text(self, text: str, plain: str, end: int) -> int:
        """A text that does not end in this piece: the next piece has the rest of it."""
        if self._is_new_line:
            self._plain(plain)
            self._wrong("a text in it does not end")
            self._keep(text[end:])
            self._rest = ""
        elif len(text) - end > LONGEST:
            self._plain(plain)
            self._wrong(f"a text in it has more than {LONGEST:,} characters")
            self._keep('"')
            self._is_in_long_text = True
            self._skip_text(text[end + 1 :])
        else:
            self._plain(plain)
            self._rest = text[end:]
        return len(text)

    def _skip_text(self, text: str) -> int:
        """Skips the rest of a text that is too long. Returns where it goes on after it."""
        match = _IN_TEXT.match(text)
        assert match is not None
        end = match.end()
        # A backslash at the end of a piece goes with what follows it.
        self._is_in_long_text = end == len(text) or text[end:] == "\\"
        self._rest = text[end:] if self._is_in_long_text else ""
        return len(text) if self._is_in_long_text else end + (text[end] == '"')

    def _plain(self, text: str) -> None:
        if self._depth:
            self._keep(text)
            if self._depth == 1:
                self._key = text
        else:
            self._check_between(text)
            self._key = text

    def _inside(self, plain: str, bracket: str) -> None:
        self._keep(plain + bracket)
        if bracket in "}]":
            self._depth -= 1
            self._key = ""
            if not self._depth:
                self._complete()
        elif self._depth == 1 and bracket == "[" and (name := self._named(plain)) in self._pages:
            # It is a page, whose list begins here.
            self._number -= 1
            self._forget()
            self._open += [None, name]
        else:
            self._depth += 1
            if self._depth > DEEPEST:
                self._wrong(f"more than {DEEPEST} brackets in brackets")
                self.is_hopeless = self._depth > _DEEP

    def _outside(self, plain: str, bracket: str) -> None:
        self._check_between(plain)
        if bracket == "{":
            self._number += 1
            self._begin = self._line
            self._name = self._named(plain) or (self._open[-1] if self._open else "") or ""
            self._depth = 1
            self._keep("{")
        elif bracket == "[":
            self._open.append(self._named(plain))
            self.is_hopeless = len(self._open) > _DEEP
        elif self._open and (self._open[-1] is None) is (bracket == "}"):
            self._open.pop()
        self._key = ""

    def _named(self, plain: str) -> str:
        """The key before a bracket."""
        match = _KEY.search((self._key + plain)[-200:])
        return match[1] if match else ""

    def _keep(self, text: str) -> None:
        if not self._depth:
            self._check_between(text)
            return
        self._length += len(text)
        if not self._why and self._length > LONGEST:
            self._wrong(f"it has more than {LONGEST:,} characters")
        if not self._why or self._length < SHOWN:
            self._parts.append(text)

    def _wrong(self, why: str) -> None:
        if self._depth and not self._why:
            self._why = why
            self._parts = ["".join(self._parts)[:SHOWN]]

    def _complete(self) -> None:
        if self._why:
            self._break(self._why)
            return
        try:
            value = json.loads(
                "".join(self._parts), parse_int=str, parse_float=str, parse_constant=_refused
            )
        except json.JSONDecodeError as error:
            # Some of Python's messages end in "at".
            what = error.msg.removesuffix(" at")
            self._break(f"it is no JSON: {what} at character {error.pos + 1} of it")
            return
        except ValueError as error:
            self._break(f"it is no JSON: {error}")
            return
        self._done.append(JsonObject(self._number, self._begin, self._name, value))
        self._forget()

    def _break(self, why: str) -> None:
        text = "".join(self._parts)[:SHOWN]
        broken = BrokenObject(self._number, self._begin, self._name, text, self._why or why)
        self._done.append(broken)
        self._broken_line = self._line
        self._forget()

    def _check_between(self, text: str) -> None:
        is_in_page = self._open and self._open[-1] is None
        if not is_in_page and not _BETWEEN.fullmatch(text):
            self._stray(text)

    def _stray(self, text: str) -> None:
        """Something that is not in an object. What is left of a broken one is not counted."""
        last = self._done[-1] if self._done else None
        if isinstance(last, JsonObject) and last.line == self._line:
            # Its brackets closed too early: what comes now is part of it.
            why = "its brackets close too early"
            text = json.dumps(last.value)[:SHOWN]
            self._done[-1] = BrokenObject(last.number, last.line, last.name, text, why)
            self._broken_line = self._line
        if self._line != self._broken_line:
            self._number += 1
            why = "it is not in an object"
            self._done.append(BrokenObject(self._number, self._line, "", text[:SHOWN], why))
            self._broken_line = self._line

    def _forget(self) -> None:
        self._depth = self._length = 0
        self._name = self._key = self._why = ""
        self._parts = []


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is not a number")
