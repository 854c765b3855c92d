"""Every decision has the same parts, a date, and an entry in the index."""

import re
from pathlib import Path

import pytest

from settings import ROOT

FOLDER = ROOT / "docs" / "decisions"
DECISIONS = sorted(FOLDER.glob("0*.md"))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_a_status_a_date_and_its_three_parts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.match(r"# .+\n\nStatus: (proposed|accepted|superseded)\b.*\. Date: 20\d\d-", text)
    parts = re.findall(r"^## (.+)\n\n(.)", text, re.MULTILINE)
    assert [name for name, _ in parts] == ["Decision", "Alternatives", "Consequences"]


def test_the_index_lists_every_decision_by_its_title() -> None:
    titles = [path.read_text(encoding="utf-8").partition("\n")[0][2:] for path in DECISIONS]
    listed = re.findall(r"^\| \[(\d+)\]\((.+?)\) \| (.+) \|$", index(), re.MULTILINE)
    assert listed == [
        (path.name[:4], path.name, title) for path, title in zip(DECISIONS, titles, strict=True)
    ]


def test_no_number_is_used_twice_and_a_missing_one_is_explained() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    missing = set(range(1, numbers[-1] + 1)) - set(numbers)
    assert len(numbers) == len(set(numbers))
    assert all(f"{number:04} was replaced by" in index() for number in missing)


def index() -> str:
    return (FOLDER / "README.md").read_text(encoding="utf-8")
