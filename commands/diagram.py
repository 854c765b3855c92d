"""`desk diagram`: the ticket lifecycle as a document, made from the tables that decide it."""

from pathlib import Path
from typing import Annotated

import typer

PAGE = Path(__file__).parent.parent / "docs" / "lifecycle.md"


def diagram(
    write: Annotated[
        bool, typer.Option("--write", help="Write docs/lifecycle.md instead of printing it.")
    ] = False,
) -> None:
    """Print docs/lifecycle.md, made from the tables that the workflow runs on.

    The document has a diagram (Mermaid, which GitHub renders), and tables
    of stages, roles, actions, duties and events.

    Example: desk diagram --write
    """
    from commands.reports.process_page import process_page

    page = process_page()
    if not write:
        typer.echo(page, nl=False)
        return
    PAGE.write_text(page, encoding="utf-8")
    typer.echo(f"{PAGE} written")
