"""Input and output of the activity that settles terms."""

from datetime import date

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from policies.terms.ticket_terms import Terms


class SettlementRequest(BaseModel):
    """The account, the request as received, its time, and the facts provided since."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    account: str
    ticket: dict[str, JsonValue]
    received_at: AwareDatetime
    revision: date | None = None
    facts: dict[str, JsonValue] = Field(default_factory=dict)

    @property
    def with_facts(self) -> dict[str, JsonValue]:
        """The request as received, with the facts provided since."""
        stated = self.ticket.get("facts")
        facts = stated if isinstance(stated, dict) else {}
        return self.ticket | {"facts": {**facts, **self.facts}}


class Settlement(BaseModel):
    """The terms, or the objections of the policy to the request."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    terms: Terms | None = None
    objections: tuple[str, ...] = ()
