"""What a proof claims against what follows from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

_CREDITS = "(credits)"
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


def credits_of(identity: Identity) -> Identity:
    """The credits for a cycle of a clock, as something of its own that can be wrong."""
    return f"{identity[0]} {_CREDITS}", identity[1]


def is_of_credits(identity: Identity) -> bool:
    """Whether it is the credits for a cycle."""
    return identity[0].endswith(_CREDITS)


def named(identity: Identity) -> str:
    """A cycle of a clock, or its credits, for people."""
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
