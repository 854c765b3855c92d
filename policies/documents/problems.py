"""Problems: what is wrong in a document, where, and what would be right."""

from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import category

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Finding:
    """An error or a warning at a path of a document, without its place in the file."""

    path: Path
    wrong: str
    right: str = ""
    clause: str = ""
    about_key: bool = False
    """Whether the finding is about the key at the end of the path, not about its value."""


@dataclass(frozen=True)
class Problem:
    """A finding at its place in a file: line and column, both counted from 1."""

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
        text = f"{where} {self.path}: {what}" if self.path else f"{where} {what}"
        # YAML can write any character: one that moves the cursor would rewrite other errors.
        return "".join(ascii(each)[1:-1] if _is_control(each) else each for each in text)


def _is_control(character: str) -> bool:
    return character != "\n" and category(character)[0] == "C"


class PolicyErrors(ValueError):
    """A document has errors; `problems` lists all of them in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems), key=_reading_order)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def _reading_order(problem: Problem) -> tuple[str, int, int, str, str]:
    return problem.file, problem.line, problem.column, problem.path, problem.wrong


def dotted(path: Path) -> str:
    """A path as text: `clocks.triage.ladder[1].at`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
