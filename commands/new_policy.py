"""`desk new-policy`: asks what a support page says, and writes a first policy."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.plain_output import echo
from commands.drafting.draft import draft
from commands.drafting.questions import Interview


def new_policy(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="File to write, which must not exist.", show_default="named after the company"
        ),
    ] = None,
    revision: Annotated[
        str | None,
        typer.Option(
            help="First day on which the policy is in force.",
            metavar="YYYY-MM-DD",
            show_default="today",
        ),
    ] = None,
) -> None:
    """Ask what a support page says, and write a first policy.

    An empty answer takes the default in brackets. A wrong answer is
    explained and asked for again. Answers can come from a file, one per line.

    Exit codes: 0 the file is written, 2 it exists or cannot be written.

    Example: desk new-policy acme.yaml
    """
    began = _date(revision)
    if file is not None and file.exists():
        raise Failure(ExitCode.USAGE, f"{file} exists; choose another name")
    answers = Interview(_ask, lambda line: echo(f"  {line}", err=True)).run()
    path = file or Path(f"{answers.slug}.yaml")
    _write(path, draft(answers, began))
    echo(f"\nWritten: {path}. Next:\n")
    echo(f"  desk check {path}")
    echo(f"  desk explain {path} --at {began}T10:00 --zone {answers.zone}")


def _write(path: Path, text: str) -> None:
    """Writes a new file, or none."""
    try:
        with path.open("x", encoding="utf-8") as file:
            try:
                file.write(text)
                file.flush()
            except OSError:
                path.unlink()
                raise
    except FileExistsError:
        raise Failure(ExitCode.USAGE, f"{path} exists; choose another name") from None
    except OSError as error:
        raise Failure(ExitCode.USAGE, f"cannot write {path}: {error.strerror}") from error


def _ask(question: str, default: str) -> str:
    answer: str = typer.prompt(question, default=default, show_default=bool(default))
    if not sys.stdin.isatty():
        echo(answer)
    return answer


def _date(text: str | None) -> str:
    try:
        return (date.fromisoformat(text) if text else datetime.now(UTC).date()).isoformat()
    except ValueError:
        wrong = f"--revision: {text!r} is not a date; write year-month-day"
        raise Failure(ExitCode.USAGE, wrong) from None
