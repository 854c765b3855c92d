"""Small policies with remedies in money, and accounts under them."""

from datetime import datetime
from typing import Any

from policies.accounts.account_settlement import account_terms
from policies.accounts.account_terms import AccountTerms
from policies.loading.loader import read_policy
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy

MANAGED = read_policy("""\
policy: managed
title: Managed services
revision: 2025-09-05
clauses:
  hours: {says: Weekdays., at: Hours}
  availability: {says: "99.9 % a month.", at: Service levels}
  excluded: {says: Announced maintenance., at: Exclusions}
  credits: {says: A share of the monthly fee., at: Service credits}
calendars:
  office: {zone: Asia/Kolkata, hours: {mon-fri: "10:00-18:00"}, clause: hours}
support_hours: office
remedies:
  fees: {monthly_fee: Monthly managed fee}
  availability:
    percent: 99.9
    measured: whole_month
    zone: Asia/Kolkata
    uncounted:
      maintenance: {says: Maintenance, announced: 48 hours, clause: excluded}
    clause: availability
  credits:
    - bands:
        - {below: 99.9, worth: {percent: 5, of: monthly_fee}}
        - {below: 99.5, worth: {percent: 10, of: monthly_fee}}
        - {below: 99.0, worth: {percent: 15, of: monthly_fee}}
      clause: credits
  claim_within: 30 days
  claim_clause: credits
""")
"""Bands of availability."""

PREMISES = """\
policy: premises
title: Support on premises
revision: 2026-01-01
clauses:
  hours: {says: Weekdays from 9:00 to 16:30., at: Business hours}
  response: {says: An answer in time., at: Response}
  failure: {says: A missed response is a failure., at: Remedies}
plans: {continuity: {says: Continuity}}
priorities: {l1: {says: Nothing works}, l2: {says: Partly inoperative}}
defaults: {priority: l2}
calendars:
  izegem:
    zone: Europe/Brussels
    hours: {mon-fri: "09:00-16:30"}
    holidays: {country: BE}
    clause: hours
support_hours: izegem
clocks:
  first_response:
    starts: [opened]
    stops: [responded]
    within: 8 business hours
    clause: response
remedies:
  fees: {licences_fee: Support fee of the licences, yearly_fee: Yearly support fee}
  credits:
    - clock: first_response
      each: breach
      worth: {percent: 0.25, of: licences_fee}
      cap: {percent: 5, of: yearly_fee, each: contract_year}
      clause: failure
  claim_within: 3 business days
  claim_clause: failure
"""
"""A percentage for each breach, under a cap."""

INCIDENTS = """\
policy: incidents
title: Incident service levels
revision: 2026-01-01
clauses:
  hours: {says: Weekdays., at: Working hours}
  response: {says: Responses in time., at: Incident service levels}
priorities:
  p1: {says: Wholly unavailable}
  p2: {says: Malfunctioning}
  p3: {says: Minor}
  p4: {says: A question}
defaults: {priority: p4}
calendars:
  london:
    zone: Europe/London
    hours: {mon-fri: "09:00-17:30"}
    holidays: {country: GB, subdivision: ENG}
    clause: hours
support_hours: london
clocks:
  response:
    starts: [opened]
    stops: [responded]
    within:
      by: [priority]
      cells: {p1: 30 minutes, p2: 1 hour, p3: 4 business hours, p4: 8 business hours}
    clause: response
service_levels:
  p1_response: {clock: response, priorities: [p1], percent: 98, each: quarter, clause: response}
  p2_response: {clock: response, priorities: [p2], percent: 90, each: quarter, clause: response}
  p3_response: {clock: response, priorities: [p3], percent: 85, each: quarter, clause: response}
  p4_response: {clock: response, priorities: [p4], percent: 85, each: quarter, clause: response}
notices:
  - {event: service_level_missed, tell: [customer], clause: response}
"""
"""Service levels by priority and quarter."""


def terms_of(policy: str | SupportPolicy, **contract: Any) -> AccountTerms:
    """The terms of an account under a policy."""
    read = policy if isinstance(policy, SupportPolicy) else read_policy(policy)
    given = {"account": "harbour", "name": "Harbour", "policy": read.policy} | contract
    return account_terms(read, Contract.model_validate(given), 2027)


def at(text: str) -> datetime:
    """A time with its offset."""
    return datetime.fromisoformat(text)
