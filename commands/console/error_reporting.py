"""How every command ends: what went wrong becomes a message and an exit code, in one place."""

import logging
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from bootstrap.exit_codes import ExitCode, Failure


def exit_code_of(ended: BaseException) -> int:
    """The exit code for whatever ended a command, after saying what there is to say."""
    if isinstance(ended, SystemExit):
        return _code_of_exit(ended)
    if isinstance(ended, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    failure = failure_in(ended)
    if failure is None:
        traceback.print_exception(ended)
        return ExitCode.FAILED
    print_error(str(failure))
    return failure.code


def failure_in(error: BaseException) -> Failure | None:
    """What an error means to people; None for one that is a mistake of ours."""
    if isinstance(error, Failure):
        return error
    if type(error).__name__ == "ConfigError":  # of the SDK's core, which does not export it
        return Failure(ExitCode.BAD_SETTINGS, f"The TEMPORAL_* settings are not usable: {error}")
    for kind, code, words in _meanings():
        if isinstance(error, kind):
            return Failure(code, words(error))
    return _bad_settings(error)


def print_error(message: str) -> None:
    """A message on standard error: red on a terminal, plain elsewhere, never wrapped."""
    from rich.console import Console

    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(message, style="red", markup=False)


def flush_and_exit(code: int) -> NoReturn:
    """Ends the process at once, with everything written.

    The threads of Temporal's core outlive the event loop. When one of them drops a Python object
    while the interpreter shuts down, the process aborts ("PyGILState_Release"): seen in one of
    twenty short commands. So the interpreter is not shut down; all that it would have done for
    us is flush.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _code_of_exit(ended: SystemExit) -> int:
    if ended.code is None or isinstance(ended.code, int):
        return ended.code or 0
    print_error(ended.code)
    return ExitCode.FAILED


def _meanings() -> tuple[tuple[type[Exception], ExitCode, Callable[[Any], str]], ...]:
    # Imported late: most commands end well, and need none of it.
    from temporalio.service import RPCError

    from api.http.server import PortTaken
    from policies.documents.problems import PolicyErrors
    from workflows.temporal.connection import TemporalUnavailable
    from workflows.temporal.dev_server import ServerMissing

    return (
        (PolicyErrors, ExitCode.BAD_SETTINGS, lambda e: f"The policies are not usable:\n{e}"),
        (TemporalUnavailable, ExitCode.NO_SERVER, str),
        (ServerMissing, ExitCode.NO_SERVER, str),
        (RPCError, ExitCode.NO_SERVER, lambda e: f"Temporal answered: {e.message}"),
        (PortTaken, ExitCode.PORT_TAKEN, str),
    )


def _bad_settings(error: BaseException) -> Failure | None:
    from pydantic import ValidationError

    from settings import Settings, explain_settings_error

    if isinstance(error, ValidationError) and error.title == Settings.__name__:
        return Failure(ExitCode.BAD_SETTINGS, explain_settings_error(error))
    return None
