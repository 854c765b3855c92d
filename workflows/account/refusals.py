"""Why an account refuses an action. A refused action changes nothing.

What is refused on tickets too keeps its name there; the kinds here are an account's own.
"""

from policies.i18n.phrases import FALLBACK
from workflows.shared.payload import Payload
from workflows.shared.refusals import (
    IdReused,
    InternalDefect,
    InvalidContent,
    RecordFull,
    Refusal,
    WrongRole,
)


class NotPromised(Refusal):
    """The account's policy and contract promise no such thing."""


class NothingLeft(Refusal):
    """What was promised is used up."""


class TooLate(Refusal):
    """The period in which this was possible has ended."""


class AlreadySettled(Refusal):
    """It was done, cancelled, claimed or refused before."""


class NoSuchEntry(Refusal):
    """The account has no entry of that id."""


class AccountRefusalDetails(Payload):
    """What stands beside the reason, and the language that is in."""

    clause: str | None = None
    language: str = FALLBACK


ACCOUNT_REFUSALS: dict[str, type[Refusal]] = {
    kind.__name__: kind
    for kind in (
        WrongRole,
        InvalidContent,
        IdReused,
        RecordFull,
        InternalDefect,
        NotPromised,
        NothingLeft,
        TooLate,
        AlreadySettled,
        NoSuchEntry,
    )
}
