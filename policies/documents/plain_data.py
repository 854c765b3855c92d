"""Plain data: what a program gives instead of a file, read by the same paths as a document."""

from dataclasses import dataclass
from typing import Any

from policies.documents.problems import Path
from policies.schema.tables import SEPARATOR


@dataclass(frozen=True)
class PlainData:
    """Mappings, lists and scalars."""

    data: Any

    def at(self, path: Path) -> Any:
        """The value at a path, as far as the data has the path."""
        node = self.data
        for part in path:
            for step in _steps(node, part):
                try:
                    node = node[step]
                except (KeyError, IndexError, TypeError):
                    return node
        return node


def _steps(node: Any, part: str | int) -> Path:
    """A flattened cell (`gold/urgent`) as the keys it was given with."""
    if isinstance(part, int) or (isinstance(node, dict) and part in node):
        return (part,)
    return tuple(part.split(SEPARATOR))
