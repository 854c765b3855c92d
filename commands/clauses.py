"""`desk clauses`: which rule keeps each clause of the published pages, and which tests show it."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands.reports.clause_citations import citations_in
from policies.documents.problems import PolicyErrors
from policies.loading.policy_catalog import SHIPPED, PolicyCatalog
from policies.reports.clause_coverage import ClauseUse, clause_uses, unknown_citations

TESTS = Path(__file__).parent.parent / "tests"


def clauses(
    policies: Annotated[
        Path,
        typer.Option(
            help="Directory of the policies.",
            exists=True,
            file_okay=False,
            show_default="those that ship",
        ),
    ] = SHIPPED,
    tests: Annotated[
        Path,
        typer.Option(
            help="Directory of the tests.",
            exists=True,
            file_okay=False,
            show_default="those of this repository",
        ),
    ] = TESTS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Show which rules keep each clause of each policy, and which tests cite it.

    A test cites a clause by its marker,
    [bold]@pytest.mark.clause("contently/first-response")[/].
    A clause without a rule or without a test is a gap, and so is
    a test that cites a clause nobody has.

    Exit code 0 without gaps, 1 with any, 2 when the policies
    themselves have errors.
    """
    try:
        catalogue = PolicyCatalog.load(policies)
    except PolicyErrors as error:
        Console(stderr=True, soft_wrap=True).print(str(error), markup=False, highlight=False)
        raise typer.Exit(2) from None
    cited = citations_in(tests)
    newest = [catalogue.latest(slug) for slug in catalogue.slugs]
    uses = [use for policy in newest for use in clause_uses(policy, cited)]
    unknown = list(unknown_citations(catalogue, cited))
    if as_json:
        _print_json(uses, unknown)
    else:
        _print_tables(uses, unknown)
    if unknown or any(use.gaps for use in uses):
        raise typer.Exit(1)


def _print_json(uses: Iterable[ClauseUse], unknown: Iterable[str]) -> None:
    report = {
        "clauses": [{**asdict(use), "gaps": list(use.gaps)} for use in uses],
        "unknown_citations": list(unknown),
    }
    typer.echo(json.dumps(report, indent=2, ensure_ascii=False))


def _print_tables(uses: list[ClauseUse], unknown: list[str]) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        # In a pipe or a log a name must stay on its line, whatever the width.
        console = Console(highlight=False, width=200)
    for policy in dict.fromkeys(use.policy for use in uses):
        table = Table("clause", "kept by", "shown by", title=policy, title_justify="left")
        for use in uses:
            if use.policy == policy:
                table.add_row(use.clause, _cell(use.used), _cell(_short(use.tests)))
        console.print(table)
    for line in unknown:
        console.print(line, style="red", markup=False, soft_wrap=True)
    gaps = sum(len(use.gaps) for use in uses) + len(unknown)
    verdict = f"{gaps} gap(s)" if gaps else "no gaps"
    console.print(f"{len(uses)} clauses, {verdict}", style="red" if gaps else "green")


def _cell(names: Iterable[str]) -> str:
    return escape("\n".join(names)) or "[bold red]nothing[/]"


def _short(tests: tuple[str, ...]) -> Iterable[str]:
    return (test.removeprefix("tests/") for test in tests)
