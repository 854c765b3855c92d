"""`desk diagram`: the ticket lifecycle as a document, made from the tables that decide it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands.console.plain_output import echo
from commands.console.policy_argument import policy_named

PAGE = Path(__file__).parents[2] / "docs" / "lifecycle.md"


def diagram(
    policy: Annotated[
        str | None,
        typer.Argument(
            help="Name of a policy in the catalog, or a YAML file. Default: every possible process."
        ),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write docs/lifecycle.md instead of printing it.")
    ] = False,
) -> None:
    """Print the process of a policy, or docs/lifecycle.md.

    Both are made from the tables that the workflow runs on: a diagram
    (Mermaid, which GitHub renders), and tables of stages and actions. The
    process of a policy has only what the policy declares.

    Example: desk diagram contently
    """
    from commands.reports.process_page import policy_page, process_page

    if policy is not None:
        if write:
            raise typer.BadParameter("writes docs/lifecycle.md; leave out the policy")
        echo(policy_page(policy_named(policy, datetime.now(UTC))), nl=False)
        return
    page = process_page()
    if not write:
        echo(page, nl=False)
        return
    PAGE.write_text(page, encoding="utf-8")
    echo(f"{PAGE} written")
