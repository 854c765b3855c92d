"""Instants in a proof: UTC, as `2027-03-01T09:00:00Z`, to the microsecond where it matters."""

import re
from datetime import UTC, datetime

_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")


def instant(at: datetime) -> str:
    """A time as text."""
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def parsed(text: str) -> datetime:
    """The time that a text states. ValueError for another form."""
    if not _FORM.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a UTC time such as 2027-03-01T09:00:00Z")
    return datetime.fromisoformat(text)
