"""The HTML page of a back-test."""

from collections.abc import Callable
from pathlib import Path

from commands.backtest.csv_file import PARTIAL


def write_page(path: Path, page: Callable[[], str], *, is_partial: bool) -> Path:
    """Writes a page; returns the file. One that is partial says so in its name."""
    target = path.with_name(path.name + PARTIAL) if is_partial else path
    draft = path.with_name(path.name + ".tmp")
    draft.write_text(page(), encoding="utf-8")
    draft.replace(target)
    return target
