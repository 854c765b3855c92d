"""Turns the error that ends a command into a message and an exit code."""

import logging
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from bootstrap.exit_codes import ExitCode, Failure


def exit_code_of(ended: BaseException) -> int:
    """Prints the error that ended a command, and returns the exit code."""
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
    """An expected error as a Failure; None for a bug, which gets a traceback."""
    if isinstance(error, Failure):
        return error
    if type(error).__name__ == "ConfigError":  # the SDK's core does not export it
        return Failure(ExitCode.BAD_SETTINGS, f"The TEMPORAL_* settings are not valid: {error}")
    for kind, code, message in _expected_errors():
        if isinstance(error, kind):
            return Failure(code, message(error))
    return _settings_failure(error)


def print_error(message: str) -> None:
    """Prints to standard error, red on a terminal, without wrapping lines."""
    from commands.console.terminal import Terminal

    console = Terminal(stderr=True, soft_wrap=True, highlight=False)
    console.print(message, style="red", markup=False)


def flush_and_exit(code: int) -> NoReturn:
    """Ends the process without shutting the interpreter down.

    The threads of Temporal's core outlive the event loop. If one of them drops a Python object
    during interpreter shutdown, the process aborts ("PyGILState_Release"): seen in one of twenty
    short commands. Flushing is all of the shutdown that the commands need.
    """
    logging.shutdown()
    # A stream that was closed before the start (`>&-`) is None.
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _code_of_exit(ended: SystemExit) -> int:
    if ended.code is None or isinstance(ended.code, int):
        return ended.code or 0
    print_error(ended.code)
    return ExitCode.FAILED


def _expected_errors() -> tuple[tuple[type[Exception], ExitCode, Callable[[Any], str]], ...]:
    # Imported late: most commands succeed and do not need these.
    from temporalio.service import RPCError

    from api.identity.keys.key_store import KeyStoreUnusable
    from api.server.server import PortTaken
    from encryption.errors import EncryptionError
    from policies.documents.problems import PolicyErrors
    from workflows.temporal.connection import (
        CertificateUnreadable,
        TemporalUnavailable,
    )
    from workflows.temporal.dev_server import ServerMissing
    from workflows.temporal.payload_converter import PayloadEncrypted

    return (
        (PolicyErrors, ExitCode.BAD_SETTINGS, lambda e: f"The policies are not valid:\n{e}"),
        (TemporalUnavailable, ExitCode.NO_SERVER, str),
        (CertificateUnreadable, ExitCode.BAD_SETTINGS, str),
        (PayloadEncrypted, ExitCode.BAD_SETTINGS, str),
        (ServerMissing, ExitCode.NO_SERVER, str),
        (RPCError, ExitCode.NO_SERVER, lambda e: f"Temporal answered: {e.message}"),
        (PortTaken, ExitCode.PORT_TAKEN, str),
        (KeyStoreUnusable, ExitCode.BAD_SETTINGS, str),
        (EncryptionError, ExitCode.FAILED, str),
    )


def _settings_failure(error: BaseException) -> Failure | None:
    from pydantic import ValidationError

    from bootstrap.settings_errors import explain_settings_error
    from settings import Settings

    if isinstance(error, ValidationError) and error.title == Settings.__name__:
        return Failure(ExitCode.BAD_SETTINGS, explain_settings_error(error))
    return None
