"""What a proof claims against what follows from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

Identity = tuple[str, int]
"""A clock, and the number of its cycle."""


@dataclass(frozen=True)
class Finding:
    """Something in a proof that does not follow, or that damages it. `about` is a clock."""

    part: str
    says: str
    claimed: JsonValue = None
    follows: JsonValue = None
    about: Identity | None = None


def named(identity: Identity) -> str:
    """A cycle of a clock, for people."""
    clock, cycle = identity
    return f"clock {clock}" + (f", cycle {cycle}" if cycle > 1 else "")


def differences(
    identity: Identity, claimed: Mapping[str, JsonValue], follows: Mapping[str, JsonValue]
) -> Iterator[Finding]:
    """A finding for each part of a claim that does not follow."""
    for name in dict.fromkeys((*claimed, *follows)):
        one, other = claimed.get(name), follows.get(name)
        if one != other or isinstance(one, bool) != isinstance(other, bool):
            yield Finding(
                named(identity),
                f"{name} does not follow",
                claimed=one,
                follows=other,
                about=identity,
            )
