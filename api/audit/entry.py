"""One entry of the audit log. Its fields are a contract (docs/audit.md): none is removed or
renamed.
"""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from policies.vocabulary import Role


class Outcome(StrEnum):
    """How it ended. `failed` is no decision: the desk could not do what it would have allowed."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"


class AuditedActor(BaseModel):
    """The authenticated actor, and the credential by which it was recognized."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(examples=["ada"])
    role: Role
    credential: str = Field(
        description="The token or key, by its name: `token:<id>`, `key:<id>`, `oidc:<issuer>` or "
        "`oidc:<issuer>#<jti>`; `os:<user>` for a command.",
        examples=["key:3f9a1c"],
    )


class AuditEntry(BaseModel):
    """What somebody did or was refused. It has no secrets and no messages of tickets."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime = Field(description="When the request arrived, or the change was made; UTC.")
    operation: str = Field(
        description="`operationId` of the API, such as `read_ticket`; `authenticate` if it was not "
        "reached; or a command, such as `create_key`.",
        examples=["read_ticket"],
    )
    outcome: Outcome
    actor: AuditedActor | None = Field(
        default=None,
        description="Absent if nobody was authenticated. Of a command, the user of the system.",
    )
    source: str | None = Field(
        default=None,
        description="IPv4 address or IPv6 /64 network; absent for commands.",
        examples=["203.0.113.7"],
    )
    request_id: str | None = Field(
        default=None,
        description="`X-Request-Id` of the response.",
        examples=["0a9d6c1e4b7f4f0f8f6f3f0a2b1c3d4e"],
    )
    method: str | None = Field(default=None, examples=["POST"])
    status: int | None = Field(default=None, description="HTTP status.", examples=[200])
    problem: str | None = Field(
        default=None, description="Problem type of a refusal.", examples=["wrong-role"]
    )
    reason: str | None = Field(
        default=None,
        description="Why a token was refused: `unknown`, `expired` and so on, as in the metric.",
        examples=["expired"],
    )
    ticket: str | None = Field(default=None, examples=["7K2M-93QF-0D1T"])
    account: str | None = Field(default=None, examples=["harbour-media"])
    subject: str | None = Field(
        default=None,
        description="What a command changed, such as the id of a key; the id of an erasure; policy "
        "and revision of an announcement; whose data was exported, as a hash of the address.",
    )
    count: int | None = Field(
        default=None, description="Tickets that were erased or exported.", examples=[3]
    )
    left_out: int = Field(
        default=0, description="Entries of unauthenticated requests that were left out before."
    )

    def to_line(self) -> str:
        """The entry as a JSON object, without a line break at its end."""
        without = None if self.left_out else {"left_out"}
        return self.model_dump_json(exclude_none=True, exclude=without)
