"""The text of a page in HTML, Markdown or plain text: sentences with their lines and headings."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from policies.page.comparison.html_text import CELL, Line, html_lines, row

MAX_BYTES = 2_097_152
"""The largest file: saved HTML pages have styles and scripts, which do not count as text."""
MAX_CHARACTERS = 100_000
"""The longest text. Our longest page has 20,000 characters."""
_HTML = re.compile(r"<(?:!doctype|html|body|table|div|p|ul|h[1-6])\b", re.IGNORECASE)
_BINARY = {
    b"%PDF-": "a PDF; save its text, for example with pdftotext",
    b"PK\x03\x04": "a ZIP archive or an office document; save it as text or HTML",
    b"\x1f\x8b": "compressed with gzip; unpack it first",
    b"\x89PNG": "a picture; write its text into a file",
    b"\xff\xd8\xff": "a picture; write its text into a file",
    b"\xd0\xcf\x11\xe0": "an office document; save it as text or HTML",
}
_SENTENCE_END = re.compile(r"(?<=[.!?])[\s\"»”)]{1,3}(?=[A-ZÀ-Ý«“\"(•-])")
_MARKS = re.compile(r"\\(?=[^\w\s])|\*\*|__|`|\]\([^)\s]{0,2000}\)")
_RULE = re.compile(r"[\s|:-]+")
_NUMBERING = re.compile(r"^\d{1,2}[.)]\s|\b20\d\d\b")
_NUMBER = re.compile(r"\d")
_LONGEST = 2_000
_HEADING_WORDS = 9


class NotText(ValueError):
    """A page that is not a text, or too long; the message says what it is."""


class Sentence(NamedTuple):
    """A sentence or the row of a table, with its line, counted from 1, and its heading. `columns`
    are the titles of the table; a row has its cells between bars.
    """

    line: int
    text: str
    heading: str = ""
    columns: tuple[str, ...] = ()

    def cell_at(self, position: int) -> int:
        """The number of the cell at a position of the text of a row."""
        return self.text.count(CELL, 0, position)

    @property
    def first_cell(self) -> str:
        """The header of a row."""
        return self.text.partition(CELL)[0]


def page_sentences(content: bytes) -> list[Sentence]:
    """The sentences of a page. NotText if it cannot be read."""
    text = _decoded(content)
    lines = list(html_lines(text) if _HTML.search(text[:200_000]) else _text_lines(text))
    if sum(len(line.text) for line in lines) > MAX_CHARACTERS:
        raise NotText(f"has more than {MAX_CHARACTERS:,} characters of text; give one page")
    return list(_sentences(lines))


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise NotText(f"is longer than {MAX_BYTES:,} bytes; give one page")
    for start, name in _BINARY.items():
        if content.startswith(start):
            raise NotText(f"is {name}")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content:
        raise NotText("is not a text: it has zero bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _sentences(lines: Iterable[Line]) -> Iterator[Sentence]:
    heading = ""
    columns: tuple[str, ...] = ()
    for line in lines:
        text = " ".join(line.text.split())
        if line.begins_table:
            columns = line.cells
        if line.is_heading:
            heading = text
        if line.cells and len(line.text) <= _LONGEST:
            yield Sentence(line.number, text, heading, columns)
        elif text:
            for part in _SENTENCE_END.split(text):
                yield from (Sentence(line.number, piece, heading) for piece in _pieces(part))


def _text_lines(text: str) -> Iterator[Line]:
    in_table = False
    for number, line in enumerate(text.splitlines(), 1):
        marked = re.match(r"#{1,6} ", line)
        plain = _MARKS.sub("", line.strip())
        if "|" in plain and not marked:
            if not _RULE.fullmatch(plain):
                yield row(number, re.sub(r"^\||\|$", "", plain).split("|"), not in_table)
            in_table = True
            continue
        in_table = False
        is_heading = bool(marked) or _looks_like_heading(plain)
        yield Line(number, plain.lstrip("# ") if marked else plain, is_heading)


def _pieces(text: str) -> Iterator[str]:
    """A sentence, or the pieces of one that nobody would write."""
    for start in range(0, len(text), _LONGEST):
        yield text[start : start + _LONGEST]


def _looks_like_heading(line: str) -> bool:
    """A short line that is not a sentence or a list item, and has no number but a year."""
    short = 0 < len(line.split()) <= _HEADING_WORDS and len(line) <= 80
    if not short or line[-1] in ".;," or not line[0].isalnum():
        return False
    return not _NUMBER.search(_NUMBERING.sub("", line))
