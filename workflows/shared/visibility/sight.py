"""The words of the tables: whether a reader sees a part, and which roles see internal parts."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from policies.vocabulary import Role


class Sight(StrEnum):
    """Whether the requester's side sees a part. Staff sees every part."""

    PUBLIC = "public"
    INTERNAL = "internal"
    IF_TOLD = "if told"
    """Public if the policy notifies requesters of the event, or their side caused it."""
    IF_PROMISED = "if promised"
    """Public if it is about a clock that is promised."""
    IF_THEIRS = "if theirs"
    """Public if the requester's side acted, and internal if staff or the system did."""


SEES_INTERNAL: Mapping[Role, bool] = {
    Role.REQUESTER: False,
    Role.SERVICE: False,
    Role.AGENT: True,
    Role.ENGINEERING: True,
    Role.PRODUCT: True,
    Role.ACCOUNT_MANAGER: True,
    Role.OPERATOR: True,
    Role.SYSTEM: True,
}
"""A service acts for requesters, and sees what they see."""

Parts: TypeAlias = Mapping[str, Sight]
"""The parts of a model, or of the data of an event, by name. A part that is missing is internal."""


class EventSight(NamedTuple):
    """Who sees an event, and which parts of its data. All of its conditions must hold."""

    conditions: tuple[Sight, ...]
    data: Parts


def sees_internal(role: Role) -> bool:
    """Whether readers of this role see internal parts."""
    return SEES_INTERNAL[role]


def parts(
    public: str = "",
    internal: str = "",
    *,
    if_told: str = "",
    if_promised: str = "",
    if_theirs: str = "",
) -> Parts:
    """The parts of a model or an event, each as names between spaces."""
    lists = {
        Sight.PUBLIC: public,
        Sight.INTERNAL: internal,
        Sight.IF_TOLD: if_told,
        Sight.IF_PROMISED: if_promised,
        Sight.IF_THEIRS: if_theirs,
    }
    return {name: sight for sight, names in lists.items() for name in names.split()}
