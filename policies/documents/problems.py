"""Problems: what is wrong in a document, where it stands, and what would be right."""

from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Finding:
    """Something wrong (or surprising) at a path of a document, not yet placed in its file."""

    path: Path
    wrong: str
    right: str = ""
    clause: str = ""
    about_key: bool = False
    """Whether the key at the end of the path is meant, and not the value under it."""


@dataclass(frozen=True)
class Problem:
    """A finding in its file, at a line and column that an editor can jump to (both from 1)."""

    file: str
    line: int
    column: int
    path: str
    wrong: str
    right: str = ""
    clause: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}"
        what = f"{self.wrong}; {self.right}" if self.right else self.wrong
        return f"{where} {self.path}: {what}" if self.path else f"{where} {what}"


class PolicyErrors(ValueError):
    """A document cannot be used; `problems` has every reason there is, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems), key=_reading_order)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def _reading_order(problem: Problem) -> tuple[str, int, int, str, str]:
    return problem.file, problem.line, problem.column, problem.path, problem.wrong


def dotted(path: Path) -> str:
    """A path as people write it: `clocks.triage.ladder[1].at`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
