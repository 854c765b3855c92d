"""A document: a YAML file as plain data, with the line and column of each value."""

from dataclasses import dataclass
from pathlib import Path as Directory
from typing import Any

from policies.documents.problems import Finding, Path, PolicyErrors, Problem, dotted
from policies.documents.yaml_tree import Node, Place, read_tree
from policies.schema.tables import SEPARATOR

MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Document:
    """The tree of a file, and the problems found while reading it."""

    file: str
    root: Node
    problems: tuple[Problem, ...]
    directory: Directory | None = None
    """Where files lie that the document names; None for a text that is not a file."""

    @classmethod
    def read(cls, text: str | bytes, file: str, directory: Directory | None = None) -> "Document":
        """The document in a text; PolicyErrors if it cannot be read."""
        root, problems = read_tree(_decoded(text, file), file)
        if not isinstance(root.content, dict):
            wrong = "the document is not a mapping of keys"
            right = 'begin with a key, such as "policy: ..."'
            place = root.place
            raise PolicyErrors([Problem(file, place.line, place.column, "", wrong, right)])
        return cls(file, root, tuple(problems), directory)

    @property
    def data(self) -> dict[str, Any]:
        """The whole document as plain data."""
        plain: dict[str, Any] = self.root.plain()
        return plain

    @property
    def is_contract(self) -> bool:
        """Whether this is a contract, not a policy."""
        keys = self.root.keys
        return "account" in keys and "clauses" not in keys

    def at(self, path: Path) -> Any:
        """The plain value at a path, or at the longest part of it that exists."""
        return self._walk(path)[1].plain()

    def problem(self, finding: Finding) -> Problem:
        """A finding at the line and column of the longest part of its path that exists."""
        path, node, key = self._walk(finding.path)
        # A missing value has no place, and a long value is best found by its key.
        is_scalar = node.content is not None and not isinstance(node.content, dict | list)
        place = node.place if key is None or (is_scalar and not finding.about_key) else key
        return Problem(
            self.file,
            place.line,
            place.column,
            dotted(path),
            finding.wrong,
            finding.right,
            finding.clause,
        )

    def _walk(self, path: Path) -> tuple[Path, Node, Place | None]:
        """The part of a path that exists, its node, and the place of its key."""
        node, key = self.root, None
        walked: list[str | int] = []
        for part in path:
            for step in _steps(node, part):
                child = node.child(step)
                if child is None:
                    return tuple(walked), node, key
                node, key = child, node.keys.get(str(step))
                walked.append(step)
        return tuple(walked), node, key


def _steps(node: Node, part: str | int) -> Path:
    """The keys in the file for one part of a path: `gold/urgent` is two keys of a table."""
    if isinstance(part, int) or node.child(part):
        return (part,)
    return tuple(part.split(SEPARATOR))


def _decoded(text: str | bytes, file: str) -> str:
    if len(text) > MAX_BYTES:
        wrong = f"the file is larger than {MAX_BYTES:,} bytes"
        raise PolicyErrors([Problem(file, 1, 1, "", wrong, "split it")])
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = text[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        wrong = f"the byte 0x{text[error.start]:02x} is not UTF-8"
        raise PolicyErrors(
            [Problem(file, line, column, "", wrong, "save the file as UTF-8")]
        ) from None
