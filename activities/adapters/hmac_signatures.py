"""HMAC signatures of HTTP bodies: by the owner of the secret, and recent.

    Desk-Signature: t=1767225600,v1=5f2c...

`t` is the time of signing in seconds since 1970. `v1` is the HMAC-SHA256, in hex, of `t`, a full
stop and the bytes of the body. Several `v1` allow a secret to be replaced.
"""

import hashlib
import hmac
import re

HEADER = "Desk-Signature"
WINDOW_SECONDS = 300
"""The largest difference between `t` and the present time, in either direction."""

_HEADER_VALUE = re.compile(r"t=(\d{1,12})((?:,v1=[0-9a-f]{64}){1,4})")


class BadSignature(Exception):
    """The signature is missing, wrong or old; the message states which."""


def sign(secret: bytes, body: bytes, at: int) -> str:
    """The header value for a body that is sent at this second."""
    return f"t={at},v1={_digest(secret, body, at)}"


def signed_at(secret: bytes, body: bytes, header: str | None, now: float) -> int:
    """The time at which the body was signed. Raises BadSignature."""
    if header is None:
        raise BadSignature(f"there is no {HEADER}")
    match = _HEADER_VALUE.fullmatch(header.replace(" ", ""))
    if match is None:
        raise BadSignature(f"the {HEADER} is not of the form t=...,v1=...")
    at = int(match[1])
    expected = _digest(secret, body, at)
    # All are compared in constant time, so that the time reveals nothing of the secret.
    matches = [hmac.compare_digest(expected, given) for given in match[2].split(",v1=")[1:]]
    if not any(matches):
        raise BadSignature(f"the {HEADER} does not match the body")
    if abs(now - at) > WINDOW_SECONDS:
        raise BadSignature(f"it was signed {now - at:+.0f} seconds ago")
    return at


def _digest(secret: bytes, body: bytes, at: int) -> str:
    return hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
