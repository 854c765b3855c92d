"""What goes wrong for people: a message that says what to do, and an exit code."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Where it applies as in sysexits.h, so that scripts can tell one trouble from another."""

    FAILED = 1
    NO_SERVER = 69
    SERVER_ENDED = 70
    PORT_TAKEN = 71
    STATE_IN_USE = 75
    BAD_SETTINGS = 78
    INTERRUPTED = 130


class Failure(Exception):
    """Ends a command with a message for people instead of a traceback."""

    def __init__(self, code: ExitCode, message: str) -> None:
        super().__init__(message)
        self.code = code
