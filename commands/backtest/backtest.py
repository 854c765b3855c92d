"""`desk backtest`: a policy tried on a log of tickets."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue

from backtest.mapping.document import LogMapping
from backtest.mapping.loading import load_mapping
from backtest.mapping.unmapped_clocks import unmapped_clocks
from backtest.readers.log_file import LogError
from bootstrap.exit_codes import ExitCode, Failure
from commands.backtest.compared import (
    overrides_of,
    show_comparison,
    show_sweep,
    targets_of,
)
from commands.backtest.judged_log import Output, judging, show_report
from commands.backtest.suggest import print_suggestion
from commands.console.plain_output import echo
from commands.console.policy_argument import policy_named
from commands.console.whole_file import check_writable
from policies.documents.problems import PolicyErrors
from policies.schema.policy import SupportPolicy
from policies.terms.overrides import OverridesRefused, apply_overrides


def backtest(  # noqa: PLR0913, PLR0917 - a parameter for each option
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="POLICY [NEW] LOG",
            help="A policy of the catalog or a YAML file, another one to compare it with, and a "
            "log of tickets: CSV or XES, also as .gz or .zip.",
            show_default=False,
        ),
    ],
    mapping: Annotated[
        Path, typer.Option(help="Mapping: a YAML file that says what the log means.")
    ],
    what_if: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=VALUE",
            help="Compare with the policy with another value, such as "
            'clocks.first_response.within="4 business hours". Repeatable.',
        ),
    ] = None,
    sweep: Annotated[
        str | None,
        typer.Option(
            metavar="PATH[=TARGET,...]",
            help="Try several targets of a clock, such as clocks.first_response.within. "
            "Default: targets that 50 % to 99 % of the tickets would keep.",
        ),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a row for each ticket and clock.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as one HTML page.")
    ] = None,
    processes: Annotated[
        int, typer.Option(min=0, help="Processes that judge tickets. 0: one for each core.")
    ] = 0,
    suggest: Annotated[
        Path | None,
        typer.Option(
            metavar="LOG",
            is_eager=True,
            callback=print_suggestion,
            help="Print a mapping for a log, with comments on what is unsure, and do nothing else.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Try a policy on years of tickets before you publish it.

    Each ticket of the log is played through the clocks of the policy, by
    the code that runs for live tickets. The output has met and breached
    clocks by priority and month, the worst tickets, and what could not be
    read. With two policies or --what-if, it has the tickets that change;
    with --sweep, the share of tickets that would keep each target.
    Ctrl-C ends it early; what is judged by then is reported.

    Exit codes: 0 success, 1 the policy or the mapping has errors, 2 a file
    cannot be read or is no such log, 130 interrupted.

    Example: desk backtest examples/backtest/servicenow/policy.yaml
    incidents.csv --mapping examples/backtest/servicenow/mapping.yaml
    """
    output = _output(
        csv, html, is_comparison=len(names) > 2 or bool(what_if or sweep), as_json=as_json
    )
    chosen, new, log = _named(names)
    meaning, overrides = _mapping(mapping, chosen), overrides_of(what_if or ())
    comparison = new or (chosen if overrides else None)
    if comparison and sweep:
        raise typer.BadParameter("a sweep is of one policy", param_hint="'--sweep'")
    targets = targets_of(chosen, sweep) if sweep is not None else None
    if comparison is not None:
        _check_overrides(comparison, overrides)
    with _failures(), judging(log, meaning, processes or _cores()) as judge:
        if comparison is not None:
            is_partial = show_comparison(judge, chosen, comparison, overrides, output)
        elif targets is not None:
            is_partial = show_sweep(judge, chosen, targets, output)
        else:
            is_partial = show_report(judge, chosen, output)
    if is_partial:
        raise typer.Exit(ExitCode.INTERRUPTED)


def _check_overrides(policy: SupportPolicy, overrides: Mapping[str, JsonValue]) -> None:
    """Refuses overrides before a log is read."""
    try:
        apply_overrides(policy, overrides)
    except OverridesRefused as error:
        raise typer.BadParameter(str(error), param_hint="'--what-if'") from None


def _output(csv: Path | None, html: Path | None, *, is_comparison: bool, as_json: bool) -> Output:
    for option, path in (("--csv", csv), ("--html", html)):
        if path is not None and not path.parent.is_dir():
            raise typer.BadParameter(f"there is no folder {path.parent}", param_hint=f"'{option}'")
        if path is not None:
            check_writable(path)
    if is_comparison and csv is not None:
        raise typer.BadParameter("a comparison has no CSV", param_hint="'--csv'")
    return Output(csv, html, as_json=as_json)


@contextmanager
def _failures() -> Iterator[None]:
    """Errors of a run as messages with their exit codes."""
    try:
        yield
    except BrokenPipeError:
        raise
    except LogError as error:
        raise Failure(ExitCode.USAGE, str(error)) from None
    except KeyboardInterrupt:
        raise Failure(ExitCode.INTERRUPTED, "interrupted before the report was ready") from None
    except BrokenExecutor:
        wrong = "a process that judges tickets has ended, perhaps for want of memory"
        raise Failure(ExitCode.FAILED, wrong) from None
    except OSError as error:
        about = f"read or write {error.filename}" if error.filename else "write the report"
        wrong = f"cannot {about}: {error.strerror or error}"
        raise Failure(ExitCode.USAGE, wrong) from None


def _named(names: list[str]) -> tuple[SupportPolicy, SupportPolicy | None, Path]:
    """The policy, the one to compare it with if there is one, and the log."""
    if len(names) not in (2, 3):
        raise typer.BadParameter("give a policy and a log, or two policies and a log")
    policy, *new, log = names
    return policy_named(policy, None), policy_named(new[0], None) if new else None, Path(log)


def _mapping(path: Path, policy: SupportPolicy) -> LogMapping:
    try:
        mapping = load_mapping(path, policy)
    except OSError as error:
        wrong = f"cannot read {path}: {error.strerror or error}"
        raise typer.BadParameter(wrong, param_hint="'--mapping'") from None
    except PolicyErrors as errors:
        raise Failure(ExitCode.FAILED, str(errors)) from None
    for missing in unmapped_clocks(mapping, policy):
        echo(f"warning: {missing}", err=True)
    return mapping


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
