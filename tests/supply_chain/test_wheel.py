"""The wheel is reproducible: the same bytes, wherever and whenever it is built."""

import os
import shutil
from hashlib import sha256
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

from settings import ROOT

PACKAGED = (
    "activities",
    "api",
    "backtest",
    "bootstrap",
    "commands",
    "encryption",
    "policies",
    "proof",
    "workflows",
)
LEFT_OUT = shutil.ignore_patterns("__pycache__")


def copied(to: Path) -> Path:
    """A copy of what the wheel is built from."""
    to.mkdir()
    for name in PACKAGED:
        shutil.copytree(ROOT / name, to / name, ignore=LEFT_OUT)
    for file in (*ROOT.glob("*.py"), *ROOT.glob("*.md"), ROOT / "pyproject.toml", ROOT / "LICENSE"):
        shutil.copy(file, to)
    return to


def digest(tree: Path) -> str:
    [wheel] = WheelBuilder(str(tree)).build(directory=str(tree / "dist"), versions=["standard"])
    return sha256(Path(wheel).read_bytes()).hexdigest()


def test_two_builds_in_other_places_at_other_times_are_the_same(tmp_path: Path) -> None:
    one, other = copied(tmp_path / "one"), copied(tmp_path / "somewhere-else")
    for file in other.rglob("*.py"):
        os.utime(file, (1_500_000_000, 1_500_000_000))
    assert digest(one) == digest(other)
