"""The HTML page of a back-test."""

from pathlib import Path

from backtest.runs.run import Run
from commands.backtest.csv_file import PARTIAL


def write_page(path: Path, run: Run, *, is_partial: bool) -> Path:
    """Writes the page; returns the file. One that is partial says so in its name."""
    # jinja and the texts of e-mails load here: most back-tests need neither.
    from backtest.report.page import page_of  # noqa: PLC0415

    target = path.with_name(path.name + PARTIAL) if is_partial else path
    draft = path.with_name(path.name + ".tmp")
    draft.write_text(page_of(run), encoding="utf-8")
    draft.replace(target)
    return target
