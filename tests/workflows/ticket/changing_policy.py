"""A policy whose promises, calendars and credits depend on the priority, and a ticket under it."""

from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from policies.loading.loader import read_policy
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement import settle
from tests.harness import SERVICE, next_number
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.ticket.model.opening import Opening

LONDON = ZoneInfo("Europe/London")
POLICY = """\
policy: changing
title: Support that changes
revision: 2026-01-01
locale: en
clauses:
  hours: {says: Weekdays from nine to five., at: Hours}
  answer: {says: We answer in time., at: Answers}
  fix: {says: We fix in time., at: Fixes}
  credits: {says: A day for each hour late., at: Credits}
kinds: {issue: {says: An issue}}
priorities:
  urgent: {says: Nobody can work}
  normal: {says: Somebody cannot}
  low: {says: A question}
defaults: {kind: issue, priority: normal}
calendars:
  office: {zone: Europe/London, hours: {mon-fri: "09:00-17:00"}, clause: hours}
  always: {zone: Europe/London, hours: {mon-sun: "00:00-24:00"}, clause: hours}
support_hours: {by: [priority], cells: {urgent: always, otherwise: office}}
contacts:
  lead: {name: Lead, email: lead@desk.example, zone: Europe/London}
unassigned: lead
pauses:
  information: {clause: fix}
clocks:
  answer:
    starts: [opened]
    stops: [responded]
    within: {by: [priority], cells: {urgent: 2 business hours, normal: 4 business hours, otherwise: {guarantee: none}}}
    ladder:
      - {at: 50%, tell: [lead]}
      - {at: breach, tell: [lead]}
    clause: answer
  fix:
    starts: [opened]
    stops: [resolved]
    within: {by: [priority], cells: {urgent: 4 business hours, normal: 12 business hours, low: 5 business days}}
    pauses: [information]
    on_change: ON_CHANGE
    lateness: LATENESS
    reopening: same_cycle
    ladder:
      - {at: breach, tell: [lead]}
      - {at: 4 business hours after, tell: [lead]}
    clause: fix
process:
  closing: {after: 5 business days, clause: fix}
notices:
  - {event: reclassified, tell: [requester], template: update_posted, clause: fix}
remedies:
  credits:
    - {clock: fix, each: 1 hour, counts: started, worth: 1 day, clause: credits}
"""  # noqa: E501  # tables are easier to read in one line
CONTRACT = Contract(account="quay", name="Quay", policy="changing")


@lru_cache
def changing_policy(on_change: str = "recount", lateness: str = "elapsed") -> SupportPolicy:
    """The policy, with a choice for the clock `fix`."""
    return _read(POLICY, on_change, lateness)


def _read(text: str, on_change: str = "recount", lateness: str = "elapsed") -> SupportPolicy:
    text = text.replace("ON_CHANGE", on_change).replace("LATENESS", lateness)
    return read_policy(text, "changing.yaml")


def london(text: str) -> datetime:
    """A UTC time from a local time in London. 2027-03-01 is a Monday."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@cache
def _terms(received_at: datetime, priority: str, **choices: str) -> Terms:
    return _settled(changing_policy(**choices), received_at, priority)


def changing_terms(received_at: datetime, priority: str, text: str, **choices: str) -> Terms:
    """The terms of a ticket under another text of the policy."""
    return _settled(_read(text, **choices), received_at, priority)


def _settled(policy: SupportPolicy, received_at: datetime, priority: str) -> Terms:
    requester = Requester(name="Rita", email="rita@quay.example")
    request = TicketFacts(requester=requester, channel="email", priority=priority)
    return settle(policy, CONTRACT, request, received_at)


def changing_ticket(
    received: str = "2027-03-01 10:00", priority: str = "normal", **choices: Any
) -> TicketDriver:
    """A ticket under the policy."""
    received_at = london(received)
    terms = _terms(received_at, priority, **choices)
    return TicketDriver(
        opened=Opening(
            number=next_number(),
            received_at=received_at,
            opened_by=SERVICE,
            subject="It is slow",
            description="Since this morning.",
            terms=terms,
        )
    )
