"""A YAML text as a tree of nodes with line and column.

Policy files are input, so this reads a small and safe subset of YAML 1.2: scalars of the
core schema (`yes` is a text, and so is a date), lists, and mappings with texts as keys. Tags are
errors. Each use of an alias counts, so a few lines cannot expand into millions of values. A
duplicate key is an error, not a silent override.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)
from yaml.reader import ReaderError

from policies.documents.problems import Path, PolicyErrors, Problem, dotted

MAX_NODES = 20_000
"""How many values a document may have, counting each use of an alias."""
MAX_DEPTH = 30

Scalar = str | int | float | bool | None

_NULL = ("", "~", "null", "Null", "NULL")
_TRUE = ("true", "True", "TRUE")
_FALSE = ("false", "False", "FALSE")
_INTEGER = re.compile(r"[-+]?\d{1,18}")
_FLOAT = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d{1,3})?")
_INDENT = "indent the lines of one part equally"
_FIXES = {
    "cannot start any token": "start the text with a letter or put it in quotes",
    "mapping values are not allowed": 'put a text that contains ": " in quotes',
    "did not find expected ',' or": "close the bracket, or put a comma between the items",
    "did not find expected key": _INDENT,
    "did not find expected '-' indicator": _INDENT,
    "did not find expected <document start>": _INDENT,
    "unexpected end of stream": "close the quotes",
    "could not find expected ':'": 'write "key: value"',
}


@dataclass(frozen=True)
class Place:
    """A line and a column of a text, both from 1."""

    line: int
    column: int


@dataclass
class Node:
    """A value of the document; for a mapping, `keys` has the place of each key."""

    place: Place
    content: "Scalar | list[Node] | dict[str, Node]"
    keys: dict[str, Place] = field(default_factory=dict)
    size: int = 1
    depth: int = 0

    def plain(self) -> Any:
        """The value as plain data."""
        if isinstance(self.content, dict):
            return {key: node.plain() for key, node in self.content.items()}
        if isinstance(self.content, list):
            return [node.plain() for node in self.content]
        return self.content

    def child(self, key: str | int) -> "Node | None":
        """The node under a key or index, or None."""
        if isinstance(self.content, dict):
            return self.content.get(str(key))
        if isinstance(self.content, list) and isinstance(key, int):
            return self.content[key] if 0 <= key < len(self.content) else None
        return None


def read_tree(text: str, file: str) -> tuple[Node, list[Problem]]:
    """The tree of a text and the problems in it; PolicyErrors if there is no tree."""
    reader = _Reader(text, file)
    try:
        return reader.document(), reader.problems
    except PolicyErrors as error:
        raise PolicyErrors([*reader.problems, *error.problems]) from None
    except YAMLError as error:
        raise PolicyErrors([*reader.problems, _syntax_problem(error, text, file)]) from error


class _Reader:
    """Builds nodes from parser events. The parser does not recurse, and MAX_DEPTH limits this."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._events: Iterator[Event] = iter(yaml.parse(text, Loader=yaml.CSafeLoader))
        self._anchors: dict[str, Node | None] = {}
        self._count = 0

    def document(self) -> Node:
        next(self._events)
        start = next(self._events)
        if isinstance(start, StreamEndEvent):
            raise self._fatal(Place(1, 1), (), "the file is empty", "write keys and values")
        root = self._node(next(self._events), ())
        next(self._events)
        after = next(self._events)
        if isinstance(after, DocumentStartEvent):
            place = _place(after)
            right = "put each document in a file of its own"
            raise self._fatal(place, (), "a second document begins here", right)
        return root

    def _node(self, event: Event, path: Path) -> Node:
        if isinstance(event, AliasEvent):
            return self._aliased(event, path)
        place = _place(event)
        anchor: str | None = getattr(event, "anchor", None)
        tag = getattr(event, "tag", None)
        self._check_size(1, place, path)
        if tag is not None:
            self._note(place, path, f'the tag "{tag}" is not allowed', "remove it")
        if anchor is not None:
            self._anchors[anchor] = None
        node = self._content(event, place, path)
        if anchor is not None:
            self._anchors[anchor] = node
        return node

    def _content(self, event: Event, place: Place, path: Path) -> Node:
        if isinstance(event, ScalarEvent):
            return Node(place, _resolved(event))
        self._check_depth(1, place, path)
        if isinstance(event, MappingStartEvent):
            return self._mapping(place, path)
        return self._list(place, path)

    def _list(self, place: Place, path: Path) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return _branch(place, items, items, {})

    def _mapping(self, place: Place, path: Path) -> Node:
        content: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._key(event, path)
            here = (*path, key)
            node = self._node(next(self._events), here)
            if key == "<<":
                wrong = "merge keys (<<) are not supported"
                self._note(_place(event), here, wrong, "write the keys out")
            elif key in content:
                wrong = f'the key "{key}" is given twice, first in line {keys[key].line}'
                self._note(_place(event), here, wrong, "remove one of them")
            else:
                content[key], keys[key] = node, _place(event)
        return _branch(place, content, list(content.values()), keys)

    def _key(self, event: Event, path: Path) -> str:
        if isinstance(event, ScalarEvent):
            return str(event.value)
        raise self._fatal(_place(event), path, "a key must be a text", 'write "key: value"')

    def _aliased(self, event: AliasEvent, path: Path) -> Node:
        node = self._anchors.get(str(event.anchor))
        if node is None:
            wrong = f'the alias "*{event.anchor}" has no complete anchor above it'
            raise self._fatal(_place(event), path, wrong, "write the value out")
        self._check_size(node.size, _place(event), path)
        self._check_depth(node.depth, _place(event), path)
        return node

    def _check_depth(self, more: int, place: Place, path: Path) -> None:
        if len(path) + more > MAX_DEPTH:
            wrong = f"values are nested more than {MAX_DEPTH} levels deep"
            raise self._fatal(place, path[:MAX_DEPTH], wrong, "use fewer levels")

    def _check_size(self, more: int, place: Place, path: Path) -> None:
        self._count += more
        if self._count > MAX_NODES:
            wrong = f"the document has more than {MAX_NODES:,} values, aliases expanded"
            raise self._fatal(place, path, wrong, "split the document or use fewer aliases")

    def _note(self, place: Place, path: Path, wrong: str, right: str) -> None:
        problem = Problem(self.file, place.line, place.column, dotted(path), wrong, right)
        self.problems.append(problem)

    def _fatal(self, place: Place, path: Path, wrong: str, right: str) -> PolicyErrors:
        problem = Problem(self.file, place.line, place.column, dotted(path), wrong, right)
        return PolicyErrors([problem])


def _branch(
    place: Place,
    content: list[Node] | dict[str, Node],
    below: list[Node],
    keys: dict[str, Place],
) -> Node:
    size = 1 + sum(node.size for node in below)
    return Node(place, content, keys, size, 1 + max((node.depth for node in below), default=0))


def _place(event: Event) -> Place:
    mark = event.start_mark
    assert mark is not None
    return Place(mark.line + 1, mark.column + 1)


def _resolved(event: ScalarEvent) -> Scalar:
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _syntax_problem(error: YAMLError, text: str, file: str) -> Problem:
    if isinstance(error, ReaderError):
        before = text.encode()[: error.position].decode()
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        wrong = f"the control character {chr(error.character)!r} is not allowed"
        return Problem(file, line, column, "", wrong, "remove it")
    problem = getattr(error, "problem", None) or str(error)
    mark = isinstance(error, MarkedYAMLError) and (error.problem_mark or error.context_mark)
    # libyaml may put the end of the stream one line too low.
    end = text.count("\n")
    line, column = (min(mark.line, end) + 1, mark.column + 1) if mark else (1, 1)
    if mark and text[mark.index : mark.index + 1] == "\t":
        return Problem(file, line, column, "", "a tab is not allowed here", "indent with spaces")
    right = next((right for message, right in _FIXES.items() if message in problem), "")
    return Problem(file, line, column, "", f"invalid YAML: {problem}", right)
