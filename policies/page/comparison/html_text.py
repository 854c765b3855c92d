"""The text of an HTML page, block by block, in one pass whose time is linear in the page.

The parser of the standard library takes minutes for a megabyte of unfinished comments, and a page
may come from anywhere.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

CELL = " | "
"""What stands between the cells of a row."""
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "caption",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_HIDDEN = frozenset(("template", "noscript", "svg", "head"))
_RAW = ("script", "style", "textarea")
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,30})(?P<rest>[^<>]{0,20000})>")
_SPAN = re.compile(r"\bcolspan\s?=\s?[\"']?(\d{1,2})\b", re.IGNORECASE)


class Line(NamedTuple):
    """A block of a page. `cells` are those of a row, and `begins_table` its first one."""

    number: int
    text: str
    is_heading: bool = False
    cells: tuple[str, ...] = ()
    begins_table: bool = False


def row(number: int, cells: list[str], begins_table: bool) -> Line:
    """A row of a table."""
    texts = tuple(" ".join(cell.split()) for cell in cells)
    return Line(number, CELL.join(texts), cells=texts, begins_table=begins_table)


def html_lines(text: str) -> Iterator[Line]:
    """The blocks of an HTML page and the rows of its tables, with their lines."""
    page = _Page()
    line, counted = 1, 0
    for start, token in _tokens(text):
        line += text.count("\n", counted, start)
        counted = start
        if isinstance(token, str):
            page.text(unescape(token), line)
        elif token["end"]:
            page.end(token["name"].lower())
        else:
            page.begin(token["name"].lower(), token["rest"])
    page.finish()
    return iter(page.lines)


def _tokens(text: str) -> Iterator[tuple[int, str | re.Match[str]]]:
    """Texts and tags with their positions. Comments, declarations and scripts are left out."""
    at, after = 0, _Marks(text).after
    while at < len(text):
        begin = text.find("<", at)
        if begin < 0:
            yield at, text[at:]
            return
        if begin > at:
            yield at, text[at:begin]
        tag = _TAG.match(text, begin)
        if text.startswith(("<!", "<?"), begin):
            at = after("-->" if text.startswith("<!--", begin) else ">", begin)
        elif tag is None:
            yield begin, "<"
            at = begin + 1
        else:
            yield begin, tag
            at = tag.end()
            if tag["name"].lower() in _RAW and not tag["end"]:
                at = after(">", after(f"</{tag['name'].lower()}", at))


class _Marks:
    """Finds the ends of comments and scripts. What was missing once is not searched for again."""

    def __init__(self, text: str) -> None:
        self._lower = text.lower()
        self._missing: set[str] = set()

    def after(self, mark: str, start: int) -> int:
        """The end of the next mark; the end of the page if there is none."""
        found = -1 if mark in self._missing else self._lower.find(mark, start)
        if found < 0:
            self._missing.add(mark)
            return len(self._lower)
        return found + len(mark)


class _Page:
    """The blocks of a page as they are completed."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._parts: list[str] = []
        self._line = 0
        self._hidden = 0
        self._is_heading = False
        self._cells: list[str] = []
        self._begins_table = False
        self._span = 1

    def text(self, text: str, line: int) -> None:
        """Text of the current block or cell."""
        if self._hidden:
            return
        if text.strip() and not self._line:
            lead = text[: len(text) - len(text.lstrip())]
            self._line = line + lead.count("\n")
        self._parts.append(text)

    def begin(self, tag: str, attributes: str) -> None:
        """The beginning of an element."""
        if tag in _HIDDEN and not attributes.endswith("/"):
            self._hidden += 1
        if tag in ("td", "th"):
            self._begin_cell(attributes)
        elif tag in _BLOCKS and self._cells:
            self._parts.append(" ")
        elif tag in _BLOCKS:
            self.finish()
            self._is_heading = tag in _HEADINGS
        if tag == "tr":
            self.finish()
        if tag == "table":
            self._begins_table = True

    def end(self, tag: str) -> None:
        """The end of an element."""
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        if tag in ("tr", "table") or (tag in _BLOCKS and not self._cells):
            self.finish()

    def finish(self) -> None:
        """The end of a block or of a row."""
        if self._cells:
            self._end_cell()
            self.lines.append(row(self._line or 1, self._cells, self._begins_table))
            self._cells, self._begins_table = [], False
        elif text := "".join(self._parts).strip():
            self.lines.append(Line(self._line or 1, text, self._is_heading))
        self._parts, self._line, self._is_heading = [], 0, False

    def _begin_cell(self, attributes: str) -> None:
        if self._cells:
            self._end_cell()
        else:
            self.finish()
        span = _SPAN.search(attributes)
        self._span = max(1, int(span[1])) if span else 1
        self._cells.append("")

    def _end_cell(self) -> None:
        self._cells[-1] = "".join(self._parts)
        self._cells += [""] * (self._span - 1)
        self._parts, self._span = [], 1
