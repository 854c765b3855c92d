"""Cursors: where a page ended, as an opaque text that goes on only with the same filters."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from api.http.problems import INVALID_REQUEST, FieldError, Problem
from api.listing.filters import instant

_NUMBER = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}")


@dataclass(frozen=True)
class Cursor:
    """The last ticket of a page: the lane it was in, its instant there, its number."""

    lane: str
    at: datetime
    number: str

    def encoded(self, fingerprint: str) -> str:
        """The cursor as it is sent."""
        parts = [fingerprint, self.lane, self.at.isoformat(), self.number]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")

    @classmethod
    def decoded(cls, text: str, fingerprint: str) -> Self:
        """The cursor that was sent; a 422 when it is none, or one of another list."""
        try:
            known, lane, at, number = _parts(text)
            cursor = cls(lane, instant(at), number)
        except (ValueError, TypeError, RecursionError, binascii.Error):
            raise _refused("is not a cursor of this desk; leave it out to start over") from None
        if lane not in ("due", "open", "closed") or not _NUMBER.fullmatch(number):
            raise _refused("is not a cursor of this desk; leave it out to start over")
        if known != fingerprint:
            raise _refused("belongs to a list with other filters; leave it out to start over")
        return cursor


def _parts(text: str) -> tuple[str, str, str, str]:
    padded = text + "=" * (-len(text) % 4)
    parts: Any = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    known, lane, at, number = (part for part in parts if isinstance(part, str))
    return known, lane, at, number


def _refused(message: str) -> Problem:
    error = FieldError(field="cursor", message=message)
    return Problem(INVALID_REQUEST, f"cursor: {message}", errors=(error,))
