"""Signatures: a body that only somebody who knows the secret can have sent, and only lately.

    Desk-Signature: t=1767225600,v1=5f2c...

`t` is when it was signed, in seconds since 1970; `v1` is the HMAC-SHA256, in hex, of `t`, a point,
and the bytes of the body. There may be several `v1`, so that a secret can be replaced.
"""

import hashlib
import hmac
import re

HEADER = "Desk-Signature"
WINDOW_SECONDS = 300
"""How old a signature may be, or how far ahead the clock it was made by."""

_SIGNED = re.compile(r"t=(\d{1,12})((?:,v1=[0-9a-f]{64}){1,4})")


class BadSignature(Exception):
    """The body is not known to come from where it should; the message says why."""


def sign(secret: bytes, body: bytes, at: int) -> str:
    """The value of the header for a body that is sent at this second."""
    return f"t={at},v1={_digest(secret, body, at)}"


def signed_at(secret: bytes, body: bytes, header: str | None, now: float) -> int:
    """When the body was signed; BadSignature unless it was, with this secret, and lately."""
    if header is None:
        raise BadSignature(f"there is no {HEADER}")
    match = _SIGNED.fullmatch(header.replace(" ", ""))
    if match is None:
        raise BadSignature(f"the {HEADER} is not of the form t=...,v1=...")
    at = int(match[1])
    right = _digest(secret, body, at)
    # Each is compared, and in constant time: how long it takes tells nothing of the secret.
    matching = [hmac.compare_digest(right, given) for given in match[2].split(",v1=")[1:]]
    if not any(matching):
        raise BadSignature(f"the {HEADER} does not match the body")
    if abs(now - at) > WINDOW_SECONDS:
        raise BadSignature(f"it was signed {now - at:+.0f} seconds ago")
    return at


def _digest(secret: bytes, body: bytes, at: int) -> str:
    return hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
