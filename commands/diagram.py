"""`desk diagram`: the process as a page, drawn from the tables that decide it."""

from pathlib import Path
from typing import Annotated

import typer

PAGE = Path(__file__).parent.parent / "docs" / "lifecycle.md"


def diagram(
    write: Annotated[
        bool, typer.Option("--write", help="Write docs/lifecycle.md instead of printing it.")
    ] = False,
) -> None:
    """Draw the process from its transition table.

    The page has a diagram (Mermaid, which GitHub shows as a picture), and
    tables of stages, actions, duties and events. It cannot say anything
    else than what the workflow does: both read the same tables.

    Example: desk diagram --write
    """
    from commands.reports.process_page import process_page

    page = process_page()
    if not write:
        typer.echo(page, nl=False)
        return
    PAGE.write_text(page, encoding="utf-8")
    typer.echo(f"{PAGE} written")
