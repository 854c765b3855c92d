"""`desk verify`: whether a proof of a ticket holds, recomputed without a server."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.plain_output import echo

if TYPE_CHECKING:
    from proof.signing import PublicKey

SECONDS = 120
"""The most that a verification may take. That of the longest ticket takes a tenth."""


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The proof; - is standard input.")],
    key: Annotated[
        str | None,
        typer.Option(metavar="PUBLIC", help="Public key of the desk, which it publishes."),
    ] = None,
    earlier: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="An earlier proof of the ticket: its events must be the first."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Verify a proof of a ticket: its signature, and the chain of its events.
    Recompute every due time, breach and credit from it, and say what does not
    follow.

    It needs no server, no settings and no files but the proof: time zones and
    holidays are those that the proof states. Without --key, nobody vouches for
    whoever signed it, so it does not hold.

    The key of a desk is at GET /proof-key, and desk proof --public-key prints it.

    Exit codes: 0 everything follows, 1 something does not, or the key is
    missing, 2 a file cannot be read or the key is not one.

    Example: desk verify proof.json --key 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
    """
    from commands.proofs.report_lines import as_data, lines
    from proof.verification import verify as verified

    trusted = _key(key) if key is not None else None
    data, before = _content(file), _content(earlier) if earlier is not None else None
    with _limited():
        report = verified(data, trusted, before)
    if as_json:
        echo(json.dumps(as_data(report), indent=2))
    else:
        for line in lines(report):
            echo(line)
    if not report.holds:
        raise typer.Exit(ExitCode.FAILED)


def _key(text: str) -> "PublicKey":
    from proof.signing import InvalidKey, PublicKey

    try:
        return PublicKey(text)
    except InvalidKey as error:
        raise typer.BadParameter(f"{error}; give 32 bytes in base64", param_hint="--key") from None


def _content(file: Path) -> bytes:
    """The content of a file, up to one byte more than a proof can have."""
    from proof.reading import LARGEST_FILE

    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(LARGEST_FILE + 1)
        with file.open("rb") as stream:
            return stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Failure(ExitCode.USAGE, f"cannot read {file}: {error.strerror}") from None


@contextmanager
def _limited() -> Iterator[None]:
    """Ends a verification that takes too long: a file can be made to be slow."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    except (TimeoutError, MemoryError):
        message = f"Verifying takes more than {SECONDS} seconds or too much memory; stopped."
        raise Failure(ExitCode.FAILED, message) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
