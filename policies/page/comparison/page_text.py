"""The text of a page in HTML, Markdown or plain text: sentences with their lines and headings."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

MAX_BYTES = 1_048_576
"""The largest page: our longest has 40 KB."""
_HTML = re.compile(r"<(?:!doctype|html|body|table|div|p|ul|h[1-6])\b", re.IGNORECASE)
_BINARY = {
    b"%PDF-": "a PDF; save its text, for example with pdftotext",
    b"PK\x03\x04": "a ZIP archive or an office document; save it as text or HTML",
    b"\x1f\x8b": "compressed with gzip; unpack it first",
    b"\x89PNG": "a picture; write its text into a file",
    b"\xff\xd8\xff": "a picture; write its text into a file",
    b"\xd0\xcf\x11\xe0": "an office document; save it as text or HTML",
}
_BLOCKS = frozenset(
    ["address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "title", "tr", "ul"]
)
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_CELLS = frozenset(("td", "th"))
_HIDDEN = frozenset(("script", "style", "template", "noscript", "svg", "head"))
_CELL = " | "
_SENTENCE_END = re.compile(r"(?<=[.!?])[\s\"»”)]+(?=[A-ZÀ-Ý«“\"(•-])")
_MARKS = re.compile(r"\\(?=[^\w\s])|\*\*|__|`|\]\([^)\s]{0,2000}\)")
_HEADING_WORDS = 9


class NotText(ValueError):
    """A page that is not a text, or too long; the message says what it is."""


class Sentence(NamedTuple):
    """A sentence or the row of a table, with its line, counted from 1, and its heading."""

    line: int
    text: str
    heading: str


def page_sentences(content: bytes) -> list[Sentence]:
    """The sentences of a page. NotText if it cannot be read."""
    text = _decoded(content)
    lines = _html_lines(text) if _HTML.search(text[:200_000]) else _text_lines(text)
    return list(_sentences(lines))


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise NotText(f"is longer than {MAX_BYTES:,} bytes; give one page, without its pictures")
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


class _Line(NamedTuple):
    number: int
    text: str
    is_heading: bool


def _sentences(lines: Iterator[_Line]) -> Iterator[Sentence]:
    heading = ""
    for line in lines:
        text = " ".join(line.text.split())
        if not text:
            continue
        if line.is_heading:
            heading = text
        for part in _SENTENCE_END.split(text):
            yield Sentence(line.number, part, heading)


def _text_lines(text: str) -> Iterator[_Line]:
    for number, line in enumerate(text.splitlines(), 1):
        marked = re.match(r"#{1,6} ", line)
        plain = _MARKS.sub("", line.strip().strip("|"))
        is_heading = bool(marked) or _looks_like_heading(plain)
        yield _Line(number, plain.lstrip("# ") if marked else plain, is_heading)


def _looks_like_heading(line: str) -> bool:
    """A short line that is not a sentence, a list item or a row."""
    short = 0 < len(line.split()) <= _HEADING_WORDS and len(line) <= 80
    return short and line[-1] not in ".;," and line[0].isalnum() and "|" not in line


class _Text(HTMLParser):
    """Collects the text of an HTML document, block by block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[_Line] = []
        self._parts: list[str] = []
        self._line = 1
        self._hidden = 0
        self._is_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begins a block, a cell, or a part that is not shown."""
        if tag in _HIDDEN:
            self._hidden += 1
        if tag in _BLOCKS:
            self.finish()
            self._is_heading = tag in _HEADINGS
        if tag in _CELLS:
            self._parts.append(_CELL)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself hides nothing."""
        if tag in _BLOCKS:
            self.finish()

    def handle_endtag(self, tag: str) -> None:
        """Ends what the tag began."""
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        if tag in _BLOCKS:
            self.finish()

    def handle_data(self, data: str) -> None:
        """Text of the current block."""
        if self._hidden or not data:
            return
        if not "".join(self._parts).strip(" |"):
            lead = data[: len(data) - len(data.lstrip())]
            self._line = self.getpos()[0] + lead.count("\n")
        self._parts.append(data)

    def finish(self) -> None:
        """The end of a block."""
        text = "".join(self._parts).strip(" |\n\t")
        if text:
            self.lines.append(_Line(self._line, text, self._is_heading))
        self._parts = []
        self._is_heading = False


def _html_lines(text: str) -> Iterator[_Line]:
    parser = _Text()
    parser.feed(text)
    parser.close()
    parser.finish()
    return iter(parser.lines)
