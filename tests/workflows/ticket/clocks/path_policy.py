"""A policy whose clocks start, stop, repeat and re-open in every way, and tickets under it.

Each clock has a time at every priority but `low`. The names of clocks end with what they do when a
ticket is re-opened.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from policies.loading.loader import read_policy
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement import settle
from policies.vocabulary import Action
from tests.harness import AGENT, REQUESTER, SERVICE, next_number
from tests.workflows.ticket.changing_policy import london
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.action_request import Actor
from workflows.shared.refusals import Refusal
from workflows.ticket.model.opening import Opening

_HEAD = """\
policy: paths
title: Support on every path
revision: 2026-01-01
locale: en
clauses: {all: {says: We do it in time., at: All}}
priorities:
  urgent: {says: Nobody can work}
  normal: {says: Somebody cannot}
  day: {says: It can wait}
  low: {says: A question}
defaults: {priority: normal}
calendars:
  office: {zone: Europe/London, hours: {mon-fri: ["09:00-12:00", "13:00-17:00"]}, clause: all}
  always: {zone: Europe/London, hours: {mon-sun: "00:00-24:00"}, clause: all}
support_hours: {by: [priority], cells: {urgent: always, otherwise: office}}
contacts: {lead: {name: Lead, email: lead@desk.example}}
unassigned: lead
pauses:
  information: {clause: all}
  proposal: {starts: [milestone.proposed], stops: [milestone.declined], clause: all}
milestones:
  proposed: {says: A fix is proposed, clause: all}
  declined: {says: The fix is declined, clause: all}
process:
  closing: {after: 90 days, clause: all}
  workaround: {clause: all}
remedies:
  credits: [{clock: fix_same_cycle, each: 1 hour, counts: started, worth: 1 day, clause: all}]
clocks:
"""
_CLOCK = """\
  NAME:
    starts: [STARTS]
    stops: [STOPS]
    within:
      by: [priority]
      cells: {urgent: 4 hours, normal: 12 business hours, day: 2 business days, low: {guarantee: none}}
    on_change: ON_CHANGE
    ladder: [{at: 50%, tell: [lead]}, {at: breach, tell: [lead]}]
    clause: all
    pauses: [PAUSES]
    reopening: REOPENING
"""  # noqa: E501  # a table is easier to read in one line
_BOTH = "information, proposal"
_CLOCKS = (
    ("fix", "opened", "resolved", _BOTH, ""),
    ("delivery", "opened", "resolved", _BOTH, '    cut_off: "15:00"\n'),
    ("update", "responded", "update_posted", _BOTH, "    repeats: true\n"),
    ("workaround", "opened, workaround_withdrawn", "workaround_provided, resolved", "", ""),
    ("assignment", "opened", "assigned", "", ""),
    ("test", "milestone.proposed", "milestone.declined", "", ""),
)
REOPENINGS = ("none", "same_cycle", "new_cycle")
NAMES = tuple(f"{clock[0]}_{reopening}" for clock in _CLOCKS for reopening in REOPENINGS)

STEPS: dict[str, tuple[Action, Actor, dict[str, Any]]] = {
    "ask": (Action.REQUEST_INFORMATION, AGENT, {"message": "Which browser?"}),
    "answer": (Action.PROVIDE_INFORMATION, REQUESTER, {"message": "Firefox."}),
    "update": (Action.POST_UPDATE, AGENT, {"message": "Still at it."}),
    "resolve": (Action.RESOLVE, AGENT, {"resolution": "Done."}),
    "reopen": (Action.REOPEN, REQUESTER, {"reason": "It is back."}),
    "provide": (Action.PROVIDE_WORKAROUND, AGENT, {"message": "Use the app."}),
    "withdraw": (Action.WITHDRAW_WORKAROUND, AGENT, {"reason": "It fails too."}),
    "propose": (Action.RECORD_MILESTONE, AGENT, {"milestone": "proposed"}),
    "decline": (Action.RECORD_MILESTONE, AGENT, {"milestone": "declined"}),
    "assign": (
        Action.ASSIGN,
        AGENT,
        {"assignee": {"id": "ada", "name": "Ada", "email": "ada@desk.example"}},
    ),
    "unassign": (Action.ASSIGN, AGENT, {}),
    "respond": (Action.RESPOND, AGENT, {"message": "We look.", "outcomes": ["work_started"]}),
}
PRIORITIES = ("urgent", "normal", "day", "low")


def _clock(name: str, reopening: str, parts: tuple[str, str, str, str, str]) -> str:
    _, starts, stops, pauses, more = parts
    text = _CLOCK.replace("NAME", name).replace("STARTS", starts).replace("STOPS", stops)
    return text.replace("PAUSES", pauses).replace("REOPENING", reopening) + more


@cache
def path_policy(on_change: str = "recount") -> SupportPolicy:
    """The policy, with a choice for all clocks."""
    clocks = [_clock(f"{c[0]}_{r}", r, c) for c in _CLOCKS for r in REOPENINGS]
    return read_policy((_HEAD + "".join(clocks)).replace("ON_CHANGE", on_change), "paths.yaml")


@cache
def _terms(received_at: datetime, priority: str, on_change: str) -> Terms:
    request = TicketFacts(
        requester=Requester(name="Rita", email="rita@quay.example"),
        channel="email",
        priority=priority,
    )
    contract = Contract(account="quay", name="Quay", policy="paths")
    return settle(path_policy(on_change), contract, request, received_at)


def path_ticket(
    received: str = "2027-03-01 10:00", priority: str = "normal", on_change: str = "recount"
) -> TicketDriver:
    """A ticket under the policy, received at a local time in London."""
    received_at = london(received)
    return TicketDriver(
        opened=Opening(
            number=next_number(),
            received_at=received_at,
            opened_by=SERVICE,
            subject="It is slow",
            description="Since this morning.",
            terms=_terms(received_at, priority, on_change),
        )
    )


def take(driver: TicketDriver, step: str) -> bool:
    """Takes a step: an action of `STEPS`, or a change to a priority. Returns whether it is allowed
    at this stage.
    """
    action, actor, inputs = STEPS.get(
        step, (Action.RECLASSIFY, AGENT, {"priority": step, "reason": "It is so."})
    )
    with suppress(Refusal):
        driver.act(action, actor, **inputs)
        return True
    return False


def walk(driver: TicketDriver, path: str) -> TicketDriver:
    """Takes steps that are possible, each at a local time: `03-01 11:00 respond; ...`."""
    for part in path.split("; "):
        day, time, step = part.split()
        driver.now = london(f"2027-{day} {time}")
        assert take(driver, step), part
    return driver


def play(
    driver: TicketDriver, steps: list[tuple[str, int]], priority: str, *, reclassifies: bool
) -> str:
    """Takes the steps, each some minutes after the one before. Returns the last priority."""
    for step, minutes in steps:
        driver.now += timedelta(minutes=minutes)
        if step in STEPS:
            take(driver, step)
        elif reclassifies and take(driver, step):
            priority = step
    return priority
