"""The export of one person. Its form is a contract (docs/security.md): within a version, fields are
added and none is removed or renamed.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.accounts.models import ClaimDocument, CreditDocument
from api.identity.caller import Scope
from api.identity.keys.api_key import KeyState
from api.identity.keys.bound_credentials import CredentialKind
from api.tickets.models import EventDocument, TicketDocument
from policies.documents.json_schema import DIALECT
from policies.vocabulary import NoticeStatus, Role

FORMAT, VERSION = "durable-desk/personal-data", 1


class Place(StrEnum):
    """Where data is held."""

    TICKET_HISTORY = "ticket_history"
    ACCOUNT_HISTORY = "account_history"
    CONTRACT = "contract"
    KEY_FILE = "key_file"
    TOKEN_SETTINGS = "token_settings"
    SEARCH_INDEX = "search_index"
    OTHER_TICKETS = "other_tickets"
    AUDIT_LOG = "audit_log"
    LOGS = "logs"
    MAILBOXES = "mailboxes"


class Ends(StrEnum):
    """What ends it."""

    RETENTION = "retention"
    """Temporal deletes a ticket some days after it was closed."""
    CLAIM_PERIOD = "claim_period"
    """An account drops a credit, and its claim, a year after the claim period."""
    NEWER_ENTRIES = "newer_entries"
    """An account keeps its latest 100 notices."""
    REMOVAL = "removal"
    """Somebody removes it."""
    LOG_RETENTION = "log_retention"


class Held(BaseModel):
    """Where data is held, and until when. Without `until`, the time is not fixed yet."""

    model_config = ConfigDict(frozen=True)

    where: Place
    ends: Ends
    days: int | None = Field(
        default=None, description="Days of the retention, counted from closing, if known."
    )
    until: datetime | None = Field(default=None, description="When it is deleted, if known.")


class ExportedTicket(BaseModel):
    """A ticket of the person, and its events, as the requester may see them."""

    held: Held
    ticket: TicketDocument
    timeline: tuple[EventDocument, ...] = ()


class ExportedNotice(BaseModel):
    """A notice that an account has for the address of the person."""

    model_config = ConfigDict(from_attributes=True)

    template: str = Field(examples=["credit_earned"])
    to: str
    status: NoticeStatus
    at: datetime
    held: Held = Held(where=Place.ACCOUNT_HISTORY, ends=Ends.NEWER_ENTRIES)


class ExportedCredit(CreditDocument):
    """A credit that a ticket of the person earned."""

    held: Held


class ExportedClaim(ClaimDocument):
    """A claim that the person filed."""

    held: Held = Held(where=Place.ACCOUNT_HISTORY, ends=Ends.CLAIM_PERIOD)


class ContractEntry(BaseModel):
    """A place of a contract that has the address of the person."""

    as_: str = Field(
        alias="as", description="The key in the contract.", examples=["contacts.billing"]
    )
    name: str | None = None
    email: str
    zone: str | None = None
    locale: str | None = None
    held: Held = Held(where=Place.CONTRACT, ends=Ends.REMOVAL)

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)


class ExportedAccount(BaseModel):
    """What an account and its contract hold about the person."""

    account: str
    name: str | None = None
    contract: tuple[ContractEntry, ...] = ()
    credits: tuple[ExportedCredit, ...] = ()
    claims: tuple[ExportedClaim, ...] = ()
    notices: tuple[ExportedNotice, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held about the person."""
        return not (self.contract or self.credits or self.claims or self.notices)


class ExportedCredential(BaseModel):
    """An API key or a token that is bound to the address, without its secret."""

    model_config = ConfigDict(from_attributes=True)

    kind: CredentialKind
    id: str
    name: str | None = None
    actor: str
    role: Role
    accounts: tuple[str, ...] | None = Field(default=None, description="Absent for all accounts.")
    scope: Scope
    state: KeyState
    created_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    held: Held


class Kind(StrEnum):
    """A kind of data that can be held about a person and is not in its export."""

    NOTES = "notes"
    REASONS = "reasons"
    INTERNAL_DEADLINES = "internal_deadlines"
    STAFF = "staff"
    NOTICES_TO_OTHERS = "notices_to_others"
    COPIES = "copies"
    MENTIONS = "mentions"
    ADDRESS_HASH = "address_hash"
    SECRETS = "secrets"
    AUDIT_ENTRIES = "audit_entries"
    LOG_LINES = "log_lines"
    SENT_EMAILS = "sent_emails"


class Withheld(BaseModel):
    """A kind of data that is held and not handed out, and why."""

    kind: Kind
    where: Place
    ends: Ends
    reason: str


class Part(StrEnum):
    """A part of an export that can be missing."""

    TICKET = "ticket"
    ACCOUNT = "account"
    CONTRACT = "contract"
    CREDENTIALS = "credentials"


class Why(StrEnum):
    """Why a part is missing."""

    ERASED = "erased"
    """Its data key was destroyed. Nobody can read it, so the export is complete without it."""
    DELETED = "deleted"
    """It was deleted while the export was made."""
    UNREADABLE = "unreadable"
    UNAVAILABLE = "unavailable"


class Missing(BaseModel):
    """A part that is not in the export."""

    part: Part
    name: str = Field(description="Number of the ticket or id of the account; empty for all.")
    why: Why

    @property
    def is_failure(self) -> bool:
        """Whether the export would have had more if this had not failed."""
        return self.why not in (Why.ERASED, Why.DELETED)


class Head(BaseModel):
    """The beginning of an export."""

    format: Literal["durable-desk/personal-data"]
    version: Literal[1]
    made_at: datetime
    address: str
    limited_to: tuple[str, ...] | None = Field(
        default=None, description="The accounts that were searched; absent if all were."
    )


class Tail(BaseModel):
    """The end of an export."""

    accounts: tuple[ExportedAccount, ...] = ()
    credentials: tuple[ExportedCredential, ...] = ()
    withheld: tuple[Withheld, ...]
    missing: tuple[Missing, ...] = ()
    complete: bool = Field(
        description="False if a part could not be read that another attempt may find."
    )


class PersonalData(Tail, Head):
    """What is held about a person: its tickets, what accounts hold, its credentials, and the kinds
    of data that are not handed out.
    """

    tickets: tuple[ExportedTicket, ...] = ()


def export_schema() -> dict[str, Any]:
    """The JSON Schema of an export."""
    schema = PersonalData.model_json_schema()
    return {"$schema": DIALECT, **schema, "title": "Export of personal data"}
