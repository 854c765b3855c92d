"""The model of a support page: sections of paragraphs, lists, tables and dates.

It has no markup. `rendering.py` writes it as HTML and as Markdown, so both have the same content.
"""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias


@dataclass(frozen=True)
class Text:
    """Words, and their language if it is not that of the page."""

    words: str
    language: str = ""

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. A `note` is an explanation, set smaller."""

    text: Text
    note: bool = False


@dataclass(frozen=True)
class Items:
    """A list, with the sentence that introduces it. An `ordered` one has numbers."""

    items: tuple[Text, ...]
    lead: Text | None = None
    ordered: bool = False


@dataclass(frozen=True)
class Definition:
    """A term and what is said about it, in one or more paragraphs."""

    term: Text
    says: tuple[Text, ...]


@dataclass(frozen=True)
class Definitions:
    """Terms with their explanations."""

    entries: tuple[Definition, ...]


@dataclass(frozen=True)
class Cell:
    """A cell over `span` columns. `is_time` marks a target, which readers look for."""

    text: Text
    span: int = 1
    is_time: bool = False


@dataclass(frozen=True)
class Row:
    """A row: its header, then its cells."""

    header: Text
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Grid:
    """A table. The first column has the headers of the rows. The caption of a `quiet` one repeats
    the heading above it, so that only screen readers need it.
    """

    caption: Text
    columns: tuple[Text, ...]
    rows: tuple[Row, ...]
    quiet: bool = True


@dataclass(frozen=True)
class Day:
    """A date and its name. A day that is closed anyway is `idle`."""

    date: date
    shown: str
    name: Text
    idle: bool = False


@dataclass(frozen=True)
class Days:
    """Dates in their order, under a caption."""

    caption: Text
    columns: tuple[Text, Text]
    days: tuple[Day, ...]


Block: TypeAlias = Paragraph | Items | Definitions | Grid | Days


@dataclass(frozen=True)
class Part:
    """A part of a section under a heading of its own. One without a heading has no subject."""

    blocks: tuple[Block, ...]
    heading: Text | None = None
    level: int = 3


@dataclass(frozen=True)
class Section:
    """A section: its anchor, its heading and its parts."""

    anchor: str
    heading: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Page:
    """A whole page: title, language, what stands under the title, and the sections."""

    title: Text
    language: str
    lead: tuple[Text, ...]
    contents: str
    skip: str
    sections: tuple[Section, ...]
    end: str
