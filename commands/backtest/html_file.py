"""The HTML page of a back-test."""

from collections.abc import Callable
from pathlib import Path

from commands.backtest.csv_file import PARTIAL
from commands.console.whole_file import whole_file


def write_page(path: Path, page: Callable[[], str], *, is_partial: bool) -> Path:
    """Writes a page; returns the file. One that is partial says so in its name. Failure if it
    cannot be written.
    """
    target = path.with_name(path.name + PARTIAL) if is_partial else path
    with whole_file(target) as file:
        file.write(page())
    return target
