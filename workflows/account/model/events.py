"""The events of an account."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field, JsonValue

from policies.vocabulary import EventType
from workflows.shared.action_request import Actor
from workflows.shared.payload import Payload


class AccountEventType(StrEnum):
    """A change of an account, in the past tense."""

    OUTAGE_RECORDED = "outage_recorded"
    OUTAGE_ENDED = "outage_ended"
    OUTAGE_CORRECTED = "outage_corrected"
    MONTH_CLOSED = "month_closed"
    MONTH_CORRECTED = "month_corrected"
    SESSION_BOOKED = EventType.SESSION_BOOKED
    SESSION_CANCELLED = EventType.SESSION_CANCELLED
    CREDIT_EARNED = EventType.CREDIT_EARNED
    CREDIT_CORRECTED = EventType.CREDIT_CORRECTED
    CREDITS_CLAIMED = EventType.CREDITS_CLAIMED
    CLAIM_ACCEPTED = EventType.CLAIM_ACCEPTED
    CLAIM_OVERDUE = EventType.CLAIM_OVERDUE
    CLAIM_REFUSED = EventType.CLAIM_REFUSED
    SERVICE_LEVEL_KEPT = EventType.SERVICE_LEVEL_KEPT
    SERVICE_LEVEL_MISSED = EventType.SERVICE_LEVEL_MISSED
    TERMS_ADOPTED = "terms_adopted"
    NOTICE_UNDELIVERABLE = EventType.NOTICE_UNDELIVERABLE


class AccountEvent(Payload):
    """A change of an account. An account keeps the latest ones."""

    seq: int
    type: str
    at: datetime
    by: Actor
    data: dict[str, JsonValue] = Field(default_factory=dict)
    action_id: str | None = None
