"""Policies whose promises depend on facts, above all on the place of the requester, and tickets
under them.
"""

from datetime import datetime
from functools import cache
from typing import Any

from policies.loading.loader import read_policy
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle
from tests.harness import SERVICE, next_number
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.ticket.model.opening import Opening

PLACED = """\
policy: placed
title: Support where you are
revision: 2026-01-01
zone: America/New_York
locale: en
clauses:
  hours: {says: The hours and holidays of the place., at: Hours}
  answers: {says: We answer again and again., at: Answers}
plans: {basic: {says: Basic}, premium: {says: Premium}}
priorities:
  sev_1: {says: Nothing works}
  sev_2: {says: Much does not work}
  sev_3: {says: Something does not work}
  sev_4: {says: A question}
facts:
  place:
    type: string
    ask: Where are you?
    choices: {new_york: New York, chicago: Chicago, london: London}
  round_the_clock: {type: bool, ask: Do you need us around the clock?}
calendars:
  new_york: {zone: America/New_York, hours: {mon-fri: "09:00-18:00"}, holidays: {country: US}, clause: hours}
  chicago: {zone: America/Chicago, hours: {mon-fri: "09:00-18:00"}, holidays: {country: US}, clause: hours}
  london: {zone: Europe/London, hours: {mon-fri: "09:00-17:00"}, holidays: {country: GB, subdivision: ENG}, clause: hours}
support_hours:
  by: [facts.place]
  cells: {chicago: chicago, london: london, otherwise: new_york}
contacts:
  lead: {name: Lead, email: lead@desk.example, zone: Europe/London}
unassigned: lead
pauses:
  information: {clause: answers}
clocks:
  first_response:
    starts: [opened]
    stops: [responded]
    agreed: true
    within:
      by: [plan, priority, facts.round_the_clock]
      cells:
        basic: 2 business days
        premium:
          sev_1: 1 hour
          sev_2: {"true": 2 hours, otherwise: 2 business hours}
          sev_3: 4 business hours
          sev_4: 8 business hours
    on_change: ON_CHANGE
    ladder: [{at: breach, tell: [lead]}]
    clause: answers
  next_update:
    starts: [responded]
    stops: [update_posted, information_requested]
    within:
      by: [plan, priority, facts.round_the_clock]
      cells:
        basic: 2 business days
        premium:
          sev_1: 1 hour
          sev_2: {"true": 4 hours, otherwise: 4 business hours}
          sev_3: 8 business hours
          sev_4: 2 business days
    on_change: ON_CHANGE
    agreed: true
    repeats: true
    pauses: [information]
    ladder: [{at: breach, tell: [lead]}]
    clause: answers
process:
  closing: {after: 5 business days, clause: answers}
notices:
  - {event: reclassified, tell: [requester], clause: answers}
  - {event: due_time_agreed, tell: [requester, lead], clause: answers}
"""  # noqa: E501  # tables are easier to read in one line
OFFICES = """\
policy: offices
title: Support of the nearest office
revision: 2026-01-01
locale: en
clauses:
  hours: {says: The hours and holidays of the nearest office., at: Hours}
  answers: {says: We answer in business hours., at: Answers}
plans: {continuity: {says: Continuity}, evolve: {says: Evolve}}
priorities: {l1: {says: Nothing works}, l2: {says: Something does not}, l3: {says: A question}}
facts:
  office: {type: string, ask: Which office is nearest?, choices: {izegem: Izegem, singapore: Singapore}}
calendars:
  izegem: {zone: Europe/Brussels, hours: {mon-fri: "09:00-16:30"}, holidays: {country: BE}, clause: hours}
  singapore: {zone: Asia/Singapore, hours: {mon-fri: "09:00-16:30"}, holidays: {country: SG}, clause: hours}
clocks:
  first_response:
    starts: [opened]
    stops: [responded]
    agreed: true
    within:
      by: [plan, priority]
      cells:
        continuity: {l1: 1 business hour, l2: 8 business hours, l3: 24 business hours}
        evolve: {l1: 1 business hour, l2: 4 business hours, l3: 8 business hours}
    calendar: {by: [facts.office], cells: {singapore: singapore, otherwise: izegem}}
    clause: answers
"""  # noqa: E501
REMINDING = """\
policy: reminding
title: Reminders where the contact is
revision: 2026-01-01
zone: America/New_York
locale: en
clauses:
  hours: {says: Business days where the contact is., at: Hours}
  reminders: {says: We remind you of open questions., at: Reminders}
facts:
  place: {type: string, ask: Where are you?, choices: {new_york: New York, london: London}}
calendars:
  new_york: {zone: America/New_York, hours: {mon-fri: "09:00-17:00"}, holidays: {country: US}, clause: hours}
  london: {zone: Europe/London, hours: {mon-fri: "09:00-17:00"}, holidays: {country: GB, subdivision: ENG}, clause: hours}
support_hours: {by: [facts.place], cells: {london: london, otherwise: new_york}}
clocks:
  reminder: {starts: [information_requested], stops: [information_provided], within: 2 business days, reminds: true, ladder: [{at: breach, tell: [requester]}], clause: reminders}
  second_reminder: {starts: [information_requested], stops: [information_provided], within: 5 business days, reminds: true, ladder: [{at: breach, tell: [requester]}], clause: reminders}
  silence: {starts: [information_requested], stops: [information_provided], within: 10 business days, reminds: true, clause: reminders}
"""  # noqa: E501


@cache
def policy_of(text: str, on_change: str = "continue") -> SupportPolicy:
    """One of the policies, with a choice for the clocks of the first."""
    return read_policy(text.replace("ON_CHANGE", on_change), "placed.yaml")


def placed_ticket(
    received: str,
    policy: str = PLACED,
    plan: str | None = "premium",
    on_change: str = "continue",
    priority: str | None = None,
    contract_facts: dict[str, Any] | None = None,
    **facts: Any,
) -> TicketDriver:
    """A ticket received at a time with its UTC offset."""
    at = datetime.fromisoformat(received)
    rules = policy_of(policy, on_change)
    contract = Contract(
        account="quay", name="Quay", policy=rules.policy, plan=plan, facts=contract_facts or {}
    )
    requester = Requester(name="Rita", email="rita@quay.example")
    request = TicketFacts(requester=requester, channel="email", priority=priority, facts=facts)
    return TicketDriver(
        opened=Opening(
            number=next_number(),
            received_at=at,
            opened_by=SERVICE,
            subject="It is slow",
            description="Since this morning.",
            terms=settle(rules, contract, request, at),
        )
    )


def at(driver: TicketDriver, text: str) -> TicketDriver:
    """The ticket at a later time, with its UTC offset."""
    return driver.until_instant(datetime.fromisoformat(text))
