"""Plain data that comes from a program instead of a file, read by the same paths."""

from dataclasses import dataclass
from typing import Any

from policies.documents.problems import Path
from policies.schema.tables import SEPARATOR


@dataclass(frozen=True)
class PlainData:
    """Mappings, lists and scalars."""

    data: Any

    def at(self, path: Path) -> Any:
        """The value at a path, or at the longest part of it that exists."""
        node = self.data
        for part in path:
            for step in _steps(node, part):
                try:
                    node = node[step]
                except (KeyError, IndexError, TypeError):
                    return node
        return node


def _steps(node: Any, part: str | int) -> Path:
    """The keys in the data for one part of a path: `gold/urgent` is two keys of a table."""
    if isinstance(part, int) or (isinstance(node, dict) and part in node):
        return (part,)
    return tuple(part.split(SEPARATOR))
