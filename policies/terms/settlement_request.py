"""What terms are settled from, and what comes of it, as plain data that travels."""

from datetime import date

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from policies.terms.ticket_terms import Terms


class SettlementRequest(BaseModel):
    """What terms are settled from: the account, the request as it was made, and when."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    account: str
    ticket: dict[str, JsonValue]
    received_at: AwareDatetime
    revision: date | None = None
    facts: dict[str, JsonValue] = Field(default_factory=dict)

    @property
    def known(self) -> dict[str, JsonValue]:
        """The request as it was made, and what was said since."""
        given = self.ticket.get("facts")
        made = given if isinstance(given, dict) else {}
        return self.ticket | {"facts": {**made, **self.facts}}


class Settlement(BaseModel):
    """The terms, or everything for which the policy does not admit the request."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    terms: Terms | None = None
    objections: tuple[str, ...] = ()
