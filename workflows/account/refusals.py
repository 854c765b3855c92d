"""Refusals of an account, and the details that an update error carries with them."""

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
    """The policy and the contract of the account do not promise this."""


class NothingLeft(Refusal):
    """The allowance is used up."""


class TooLate(Refusal):
    """The period in which this was possible has ended."""


class AlreadySettled(Refusal):
    """The entry was ended, cancelled, claimed or refused before."""


class NoSuchEntry(Refusal):
    """The account has no entry with this id."""


class AccountRefusalDetails(Payload):
    """The clause of a refusal, and the language of its text."""

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
