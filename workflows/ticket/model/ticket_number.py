"""Ticket numbers that are derived from an idempotency key, and their workflow ids."""

from collections.abc import Iterable
from hashlib import sha256

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32, without characters that are easily confused."""
DIGITS = 12


def number_of_key(caller: str, account: str, key: str) -> str:
    """The number of the ticket that this caller opens for this account with this key."""
    # None of them can contain NUL, so different ones give different texts.
    digest = sha256(f"{key}\0{caller}\0{account}".encode()).digest()
    return number_of(byte % 32 for byte in digest[:DIGITS])


def number_of(values: Iterable[int]) -> str:
    """Three groups of four, from twelve values below 32."""
    digits = "".join(CROCKFORD[value] for value in values)
    return "-".join(digits[start : start + 4] for start in range(0, DIGITS, 4))
