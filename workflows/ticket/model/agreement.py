"""An agreement with the requester's side about one clock: a due time, or an interval."""

from datetime import datetime

from pydantic import AwareDatetime

from policies.business_time.durations import DurationText
from policies.schema.contract import OneLine
from policies.terms.model.promise import PromiseTerms
from workflows.shared.payload import Payload


class Consent(Payload):
    """Who of the requester's side agreed to a later due time, when, and how: `by phone`."""

    by: OneLine
    at: AwareDatetime
    how: OneLine


class Agreement(Payload):
    """What was agreed and why: `due_at` for a cycle, or `every` for all intervals from then on.

    `by` is the agent who recorded it, `at` when.
    """

    at: datetime
    by: str
    reason: str
    due_at: datetime | None = None
    every: DurationText | None = None
    consent: Consent | None = None

    @property
    def weight(self) -> int:
        """An estimate of the bytes that the agreement takes in a payload."""
        return len(self.model_dump_json().encode())


def as_agreed(promise: PromiseTerms, interval: Agreement | None) -> PromiseTerms:
    """The promise with the interval that was agreed in place of its own."""
    if interval is None:
        return promise
    return promise.model_copy(update={"within": interval.every, "guarantee": None, "says": ""})
