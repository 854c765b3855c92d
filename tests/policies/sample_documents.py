"""A small policy and a contract that use every part of the format, and functions to break them."""

from policies.documents.document import Document
from policies.documents.problems import PolicyErrors, Problem
from policies.lint.all_warnings import warnings
from policies.loading.loader import policy_of, read_contract, read_policy

HERE = "¦"
"""Marks the place of the expected problem in a text; removed before reading."""

POLICY = """\
policy: acme
title: Acme support
revision: 2026-01-31
zone: UTC
locale: en

clauses:
  hours: {says: Weekdays., at: Hours}
  response: {says: An answer in time., at: Response}
  scope: {says: Our own product only., at: Scope}
  escalation: {says: Engineering helps., at: Escalation}
  credit: {says: Credits for lateness., at: Remedies}

readings:
  - {clause: scope, reading: Plugins are not ours.}

plans:
  silver: {says: Silver}
  gold: {says: Gold}
priorities:
  urgent: {says: Nothing works}
  normal: {says: Something does not work}
kinds:
  issue: {says: An issue}
regions:
  north: {says: The north}
defaults: {kind: issue}

channels:
  - {channels: [email], clause: scope}
  - {channels: [phone], plans: [gold], kinds: [issue], priorities: [urgent], clause: scope}

calendars:
  office:
    zone: Europe/Stockholm
    hours:
      mon-thu: ["09:00-12:00", "13:00-17:00"]
      fri: "09:00-15:00"
    holidays:
      country: SE
      also: {2026-12-31: New Year's closing}
      never: [2026-01-06]
    special_hours:
      2026-12-23: "09:00-12:00"
    clause: hours
  always:
    zone: UTC
    hours: {mon-sun: "00:00-24:00"}
    clause: hours
support_hours:
  by: [plan]
  cells:
    gold: always
    otherwise: office

contacts:
  lead: {name: Lead, email: lead@acme.example, zone: Europe/Stockholm, locale: fr}
unassigned: lead

facts:
  cause: {type: string, ask: What caused it?, allow_other: true}
  beta: {type: bool, ask: Is it a beta?}
  users: {type: int, ask: How many users?}
  load: {type: double, ask: How much load?}
  signed_off: {type: date, ask: When was it signed off?}
coverage:
  - when: cause == "plugin" && users < 3 && load > 0.5
    verdict: not_covered
    clause: scope
    says: Plugins are not covered.
  - when: beta || signed_off < "2020-01-01" && plan != "gold"
    verdict: not_eligible
    clause: scope
    says: Betas are not supported.

milestones:
  proposed: {says: A fix is proposed, clause: response}
  refused: {says: The proposal was refused, by: [requester, agent], clause: response}
pauses:
  information: {clause: response}
  proposal: {starts: [milestone.proposed], stops: [milestone.refused], clause: response}

clocks:
  first_response:
    starts: [opened]
    stops: [responded]
    announced: true
    within:
      by: [plan, priority]
      cells:
        gold: {urgent: 2 business hours, otherwise: 8 business hours}
        silver:
          urgent: 4 business hours
          normal: {guarantee: best_effort, says: {en: As soon as we can}}
    calendar:
      by: [plan]
      cells: {gold: always, silver: office}
    ladder:
      - {at: 50%, tell: [assignee]}
      - {at: breach, tell: [assignee, lead]}
      - {at: 1 business hour after, tell: [lead]}
    clause: response
  triage:
    starts: [escalated]
    stops: [triage_concluded]
    announced: true
    within: 2 days
    pauses: [information, proposal]
    ladder:
      - {at: 12 hours before, tell: [assignee]}
      - {at: breach, tell: [lead]}
    clause: escalation

  information_reminder:
    starts: [information_requested]
    stops: [information_provided]
    within: 10 business days
    calendar: office
    ladder:
      - {at: 2 business days after start, tell: [requester]}
    reminds: true
    on_expiry: resolve
    promised: false
    clause: response

process:
  escalation: {told_before_conclusion: [requester], clause: escalation}
  triage:
    checklist:
      - {id: look, does: Look at it}
      - {id: ask, does: Ask about it}
    clause: escalation
  forecast:
    viewpoints: [engineering, product]
    priorities: [high, low]
    windows:
      high: {high: 5 business days, low: 10 business days}
      low: {high: 10 business days, low: 20 business days}
    clause: escalation
  workaround: {clause: response}
  estimate: {by: [agent, engineering], clause: response}
  assignment: {keep_assigned: [urgent], clause: response}

notices:
  - {event: escalated, tell: [requester, lead], clause: escalation}
  - {event: resolved, tell: [requester], clause: response}
  - {event: credit_earned, tell: [customer], clause: credit}

remedies:
  credits:
    - {clock: first_response, priorities: [urgent], each: 1 day, clause: credit}
    - {availability_below: 99.5, clause: credit}
  claim_within: 30 days
  claim_clause: credit
"""

CONTRACT = """\
account: harbour
name: Harbour Media
policy: acme
plan: gold
region: north
zone: America/New_York
locale: en
contacts:
  account_manager: {name: Mia, email: mia@acme.example, zone: America/Chicago, locale: en}
publications:
  - name: weekly
    users: ["*@harbour.example", jo@letters.example]
    account_manager: {name: Max, email: max@acme.example, zone: America/Denver, locale: en-US}
  - {name: monthly, active: false}
"""


def broken(old: str, new: str, text: str = POLICY) -> str:
    """The sample with one passage replaced; it must occur exactly once."""
    assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
    return text.replace(old, new)


def problems_in(marked: str, contract: bool = False) -> list[Problem]:
    """The problems in a text, its marks removed."""
    read = read_contract if contract else read_policy
    try:
        read(marked.replace(HERE, ""), "acme.yaml")
    except PolicyErrors as errors:
        return errors.problems
    return []


def warnings_in(marked: str) -> list[Problem]:
    """The warnings about a valid text, its marks removed."""
    document = Document.read(marked.replace(HERE, ""), "acme.yaml")
    return [document.problem(finding) for finding in warnings(policy_of(document))]


def places_marked(marked: str) -> list[tuple[int, int]]:
    """The line and column of each mark."""
    return [
        (row, column - i)
        for row, line in enumerate(marked.split("\n"), 1)
        for i, column in enumerate(c for c, char in enumerate(line, 1) if char == HERE)
    ]
