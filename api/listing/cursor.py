"""Pagination cursors: opaque, and valid only with the filters they were created with."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from api.http.problem_types import INVALID_REQUEST
from api.http.problems import FieldError, Problem
from api.listing.filters import utc_time

_NUMBER = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}")


def is_ticket_number(text: str) -> bool:
    """Whether a ticket can have this number, and be read. A workflow that was started by hand can
    have any id.
    """
    return _NUMBER.fullmatch(text) is not None


@dataclass(frozen=True)
class Cursor:
    """Position of the last ticket of a page: its segment, its time there, its number."""

    segment: str
    at: datetime
    number: str

    def encoded(self, fingerprint: str) -> str:
        """The cursor as text; `fingerprint` is that of the filters."""
        parts = [fingerprint, self.segment, self.at.isoformat(), self.number]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")

    @classmethod
    def decoded(cls, text: str, fingerprint: str) -> Self:
        """Reads a cursor; 422 if it is invalid or was created with other filters."""
        try:
            encoded_for, segment, at, number = _parts(text)
            cursor = cls(segment, utc_time(at), number)
        except (ValueError, TypeError, RecursionError, binascii.Error):
            raise _invalid("is not a valid cursor; omit it to start over") from None
        if segment not in ("due", "open", "closed") or not is_ticket_number(number):
            raise _invalid("is not a valid cursor; omit it to start over")
        if encoded_for != fingerprint:
            raise _invalid("was created with other filters; omit it to start over")
        return cursor


def _parts(text: str) -> tuple[str, str, str, str]:
    padded = text + "=" * (-len(text) % 4)
    parts: Any = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    fingerprint, segment, at, number = (part for part in parts if isinstance(part, str))
    return fingerprint, segment, at, number


def _invalid(message: str) -> Problem:
    error = FieldError(field="cursor", message=message)
    return Problem(INVALID_REQUEST, f"cursor: {message}", errors=(error,))
