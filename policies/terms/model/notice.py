"""Whom a notice of an event is for."""

from typing import Annotated

from pydantic import Field

from policies.terms.model.pinned import Sparse
from policies.vocabulary import EventType


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

    def concerns(self, priority: str | None) -> bool:
        """Whether the notice applies to a ticket of this priority."""
        return not self.priorities or priority in self.priorities
