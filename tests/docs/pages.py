"""The documents, with their code blocks, tables and prose."""

import re
from collections.abc import Iterable
from functools import cache
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import NamedTuple

from settings import ROOT

README, CONTRIBUTING = ROOT / "README.md", ROOT / "CONTRIBUTING.md"
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
NAMES = ("accounts", "api", "contracts", "operations", "policies", "scenarios", "tour", "tutorial")
BACKTEST = ROOT / "docs" / "backtest.md"
OWN_POLICY = ROOT / "docs" / "your-own-policy.md"
SUPPORT_PAGE = ROOT / "docs" / "page.md"
ACCOUNTS, API, CONTRACTS, OPERATIONS, POLICIES, SCENARIOS, TOUR, TUTORIAL = (
    ROOT / "docs" / f"{name}.md" for name in NAMES
)
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md")])

Rows = list[tuple[str, ...]]


class Block(NamedTuple):
    """A fenced block, and the line before it."""

    before: str
    language: str
    text: str


def blocks(path: Path, *languages: str) -> list[Block]:
    """The fenced blocks in one of these languages."""
    return [block for block in _blocks(path) if block.language in languages]


@cache
def _blocks(path: Path) -> tuple[Block, ...]:
    found = re.findall(r"([^\n]*)\n+```(\w*)\n(.*?)```", path.read_text(), re.DOTALL)
    return tuple(map(Block._make, found))


def prose(path: Path) -> str:
    """The text without fenced blocks."""
    return re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)


def rows_of(path: Path, heading: str) -> Rows:
    """The rows of the first table under a heading."""
    section = path.read_text().split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    below = dropwhile(lambda line: not line.startswith("|"), section.splitlines())
    lines = [*takewhile(lambda line: line.startswith("|"), below)][2:]
    return [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines]


def codes(words: Iterable[str]) -> str:
    """Words as Markdown code, separated by commas."""
    return ", ".join(f"`{word}`" for word in words)
