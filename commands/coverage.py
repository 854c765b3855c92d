"""`desk coverage`: whether a request is covered, and under which clauses."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.explanation_tables import wide_console
from commands.console.plain_output import echo
from commands.console.policy_argument import policy_named
from policies.checks.facts import fact_errors, with_defaults
from policies.coverage import evaluation
from policies.coverage.verdict import Verdict
from policies.documents.document import Document
from policies.documents.problems import PolicyErrors
from policies.i18n.locales import ByLocale, words_in
from policies.loading.loader import open_document
from policies.schema.policy import SupportPolicy


def coverage(
    policy: Annotated[
        str,
        typer.Argument(help="Name of a policy in the catalog, such as contensive, or a YAML file."),
    ],
    facts: Annotated[
        Path, typer.Argument(help="Facts about the request (a YAML file), one per line.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Show whether a request is covered: the verdict, its clauses, the
    facts that it used, and the facts that are missing.

    Facts are those that the policy declares, and [bold]plan[/], [bold]priority[/],
    [bold]kind[/], [bold]region[/], [bold]channel[/] and [bold]received_on[/] (default: today).
    A ticket with these facts gets the same verdict.

    Exit codes: 0 a verdict, 1 the facts or the policy have errors, 2 a
    file cannot be read.

    Example: desk coverage contensive facts.yaml
    """
    chosen = policy_named(policy, None)
    document = _read(facts)
    problems = [*document.problems]
    problems += map(document.problem, fact_errors(chosen, document.data))
    if problems:
        raise Failure(ExitCode.FAILED, str(PolicyErrors(problems)))
    values = with_defaults(chosen, document.data, datetime.now(UTC).date())
    verdict = evaluation.verdict(chosen, values)
    if as_json:
        echo(json.dumps(_report(chosen, verdict), indent=2, ensure_ascii=False))
    else:
        wide_console().print(_table(chosen, verdict))


def _read(path: Path) -> Document:
    try:
        return open_document(path)
    except OSError as error:
        message = f"cannot read {path}: {error.strerror or error}"
        raise typer.BadParameter(message, param_hint="'facts'") from None
    except PolicyErrors as errors:
        raise Failure(ExitCode.FAILED, str(errors)) from None


def _report(policy: SupportPolicy, verdict: Verdict) -> dict[str, Any]:
    return {
        "policy": policy.policy,
        "revision": policy.revision.isoformat(),
        "verdict": verdict.decision,
        "closed_as": verdict.closed_as,
        "clauses": list(verdict.clauses),
        "says": verdict.says,
        "used": verdict.used,
        "missing": list(verdict.missing),
    }


def _table(policy: SupportPolicy, verdict: Verdict) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(style="dim")
    closed = f"closed as {verdict.closed_as}" if verdict.closed_as else ""
    text = escape(verdict.says)
    grid.add_row("verdict", f"[bold]{verdict.decision.replace('_', ' ')}[/]", closed)
    if text:
        grid.add_row("text", "", f"[not dim]{text}[/]")
    for clause in verdict.clauses:
        grid.add_row("clause", escape(clause), escape(_text(policy, policy.clauses[clause].says)))
    for name, value in verdict.used.items():
        grid.add_row("used", escape(name), escape(json.dumps(value, ensure_ascii=False)))
    for name in verdict.missing:
        question = _text(policy, policy.facts[name].ask) if name in policy.facts else ""
        grid.add_row("missing", escape(name), escape(question))
    return grid


def _text(policy: SupportPolicy, text: str | ByLocale) -> str:
    return words_in(text, policy.locale, policy.locale)
