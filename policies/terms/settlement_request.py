"""Input and output of the activity that settles terms."""

from collections.abc import Iterable
from datetime import date

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from policies.coverage.stated_facts import Objection
from policies.i18n.phrases import FALLBACK
from policies.terms.model.recipient import Recipient
from policies.terms.model.ticket_terms import Terms


class SettlementRequest(BaseModel):
    """The account, the request as received, its time, and the facts provided since."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    account: str
    ticket: dict[str, JsonValue]
    received_at: AwareDatetime
    revision: date | None = None
    facts: dict[str, JsonValue] = Field(default_factory=dict)

    def without(self, dropped: Iterable[str]) -> "SettlementRequest":
        """The request without these facts."""
        names, stated = frozenset(dropped), self.stated_facts
        if names.isdisjoint(stated):
            return self
        facts: dict[str, JsonValue] = {n: v for n, v in stated.items() if n not in names}
        return self.model_copy(update={"ticket": self.ticket | {"facts": facts}})

    @property
    def stated_facts(self) -> dict[str, JsonValue]:
        """The facts in the request as received."""
        stated = self.ticket.get("facts")
        return stated if isinstance(stated, dict) else {}

    @property
    def with_facts(self) -> dict[str, JsonValue]:
        """The request as received, with the facts provided since."""
        return self.ticket | {"facts": {**self.stated_facts, **self.facts}}


class Settlement(BaseModel):
    """The terms, and the objections to the request; without terms, why there are none.

    `dropped` are the stated facts that the terms leave out because of an objection. `desk` is to be
    notified of objections if there are no terms that name somebody.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    terms: Terms | None = None
    objections: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    desk: Recipient | None = None


class Admission(BaseModel):
    """The terms of a ticket that is about to open, or why it must not open.

    `refused_as` is the kind of the refusal, `locale` that of its `objections`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    terms: Terms | None = None
    refused_as: str | None = None
    objections: tuple[Objection, ...] = ()
    locale: str = FALLBACK
