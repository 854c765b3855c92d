"""Errors that end a command with a message and an exit code."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the `desk` command; 69 and above follow sysexits.h where it has one."""

    FAILED = 1
    USAGE = 2
    """Wrong usage, or a file that cannot be read."""
    NO_SERVER = 69
    SERVER_ENDED = 70
    PORT_TAKEN = 71
    STATE_IN_USE = 75
    BAD_SETTINGS = 78
    INTERRUPTED = 130


class Failure(Exception):
    """Ends a command with a message instead of a traceback."""

    def __init__(self, code: ExitCode, message: str) -> None:
        super().__init__(message)
        self.code = code
