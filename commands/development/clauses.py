"""`desk clauses`: the rules that implement each clause of a policy, and the tests that cite it."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bootstrap.exit_codes import ExitCode
from commands.console.plain_output import echo
from commands.console.terminal import Terminal
from commands.reports.clause_citations import citations_in
from policies.documents.problems import PolicyErrors
from policies.loading.policy_catalog import SHIPPED, PolicyCatalog
from policies.reports.clause_coverage import ClauseUse, clause_uses, unknown_citations

TESTS = Path(__file__).parents[2] / "tests"


def clauses(
    slugs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[policy]...", help="Policies to show.", show_default="all of the directory"
        ),
    ] = None,
    policies: Annotated[
        Path,
        typer.Option(
            help="Directory of policies.",
            exists=True,
            file_okay=False,
            show_default="the policies that ship",
        ),
    ] = SHIPPED,
    tests: Annotated[
        Path,
        typer.Option(
            help="Directory of tests.",
            exists=True,
            file_okay=False,
            show_default="tests of this repository",
        ),
    ] = TESTS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Show the rules and tests of each clause of each policy.

    A test cites a clause with a marker,
    [bold]@pytest.mark.clause("contently/first-response")[/].
    A clause without a rule or a test is a gap, and so is a citation of a
    clause that does not exist.

    Exit codes: 0 no gaps, 1 gaps, or a policy has errors, 2 no such policy.
    """
    try:
        catalog = PolicyCatalog.load(policies)
    except PolicyErrors as error:
        Terminal(stderr=True, soft_wrap=True).print(str(error), markup=False, highlight=False)
        raise typer.Exit(ExitCode.FAILED) from None
    citations = citations_in(tests)
    unheard_of = set(slugs or ()) - set(catalog.slugs)
    if unheard_of:
        named = ", ".join(sorted(unheard_of))
        raise typer.BadParameter(f"no policy {named}; known: {', '.join(catalog.slugs)}")
    newest = [catalog.latest(slug) for slug in catalog.slugs if not slugs or slug in slugs]
    uses = [use for policy in newest for use in clause_uses(policy, citations)]
    unknown = list(unknown_citations(catalog, citations))
    if as_json:
        _print_json(uses, unknown)
    else:
        _print_tables(uses, unknown)
    if unknown or any(use.gaps for use in uses):
        raise typer.Exit(ExitCode.FAILED)


def _print_json(uses: Iterable[ClauseUse], unknown: Iterable[str]) -> None:
    report = {
        "clauses": [{**asdict(use), "gaps": list(use.gaps)} for use in uses],
        "unknown_citations": list(unknown),
    }
    echo(json.dumps(report, indent=2, ensure_ascii=False))


def _print_tables(uses: list[ClauseUse], unknown: list[str]) -> None:
    console = Terminal(highlight=False)
    if not console.is_terminal:
        # In a pipe or a log, names must not be broken across lines.
        console = Terminal(highlight=False, width=200)
    for policy in dict.fromkeys(use.policy for use in uses):
        table = Table("clause", "rules", "tests", title=policy, title_justify="left")
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
    return escape("\n".join(names)) or "[bold red]none[/]"


def _short(tests: tuple[str, ...]) -> Iterable[str]:
    return (test.removeprefix("tests/") for test in tests)
