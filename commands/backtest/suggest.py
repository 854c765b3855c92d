"""`desk backtest --suggest`: a mapping proposed for a log."""

from pathlib import Path

import typer

from backtest.readers.log_file import LogError
from backtest.suggestion.suggestion import suggestion
from bootstrap.exit_codes import ExitCode, Failure
from commands.console.plain_output import echo


def print_suggestion(log: Path | None) -> None:
    """Prints the mapping, and ends the command. Without a log, it goes on."""
    if log is None:
        return
    try:
        echo(suggestion(log), nl=False)
    except LogError as error:
        raise Failure(ExitCode.USAGE, str(error)) from None
    except OSError as error:
        wrong = f"cannot read {log}: {error.strerror or error}"
        raise Failure(ExitCode.USAGE, wrong) from None
    raise typer.Exit
