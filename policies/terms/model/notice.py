"""Whom a notice of an event is for."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from policies.terms.model.pinned import Sparse
from policies.vocabulary import EventType

NO_FACTS: Mapping[str, str] = {}


class NoticeTerms(Sparse):
    """The audiences to notify of an event; `template` defaults to the event's name.

    `clause` is set in older terms only. The clause of a notice is in the policy, and nothing that
    terms decide depends on it.
    """

    event: Annotated[EventType | str, Field(union_mode="left_to_right")]
    tell: tuple[str, ...]
    clause: str = ""
    template: str | None = None
    priorities: tuple[str, ...] = ()
    facts: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """The rows of facts that may change, by name."""

    def concerns(self, priority: str | None, facts: Mapping[str, str] = NO_FACTS) -> bool:
        """Whether the notice applies to a ticket of this priority, with these facts: their rows."""
        is_of_priority = not self.priorities or priority in self.priorities
        return is_of_priority and all(facts.get(n) in rows for n, rows in self.facts.items())
