"""Tickets in places whose time or holidays were changed by law, and the due times that they have.

`earlier_rules/` has their proofs under tzdata 2022.1 and holidays 0.40, which lack these laws. To
write them again, with the two packages unpacked in a folder `earlier`:

    PYTHONTZPATH= PYTHONPATH=earlier:. python -m tests.proof.changed_rules tests/proof/earlier_rules
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from policies.loading.loader import read_policy
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle
from policies.vocabulary import Action, Role
from tests.harness import REQUESTER, SERVICE
from tests.proof.proofs import proof_of, value_of
from tests.workflows.ticket.ticket_driver import ASK, TicketDriver
from workflows.ticket.model.opening import Opening

FOLDER = Path(__file__).with_name("earlier_rules")
POLICY = """\
policy: changing
title: Support where rules change
revision: 2020-01-01
zone: ZONE
locale: en
clauses:
  hours: {says: The hours and holidays of the place., at: Hours}
  answers: {says: We answer in business hours., at: Answers}
calendars:
  local: {zone: ZONE, hours: {mon-sun: "09:00-17:00"}, holidays: {country: COUNTRY}, clause: hours}
support_hours: local
contacts:
  lead: {name: Lead, email: lead@desk.example, zone: ZONE}
unassigned: lead
pauses:
  information: {clause: answers}
clocks:
  first_update:
    starts: [opened]
    stops: [update_posted]
    within: 6 business days
    ladder: [{at: 50%, tell: [lead]}, {at: breach, tell: [lead]}]
    clause: answers
  resolution:
    starts: [opened]
    stops: [resolved]
    within: 12 business hours
    pauses: [information]
    ladder: [{at: breach, tell: [lead]}]
    clause: answers
"""


class Place(NamedTuple):
    """Where a ticket is, and when it is received. The law changes something within a fortnight."""

    zone: str
    country: str
    received: datetime
    law: str


PLACES = {
    "mexico": Place(
        "America/Mexico_City",
        "MX",
        datetime.fromisoformat("2023-04-28T10:00Z"),
        "Summer time was abolished in October 2022.",
    ),
    "almaty": Place(
        "Asia/Almaty",
        "KZ",
        datetime.fromisoformat("2024-04-30T10:00Z"),
        "Clocks were set back for good in March 2024.",
    ),
    "rome": Place(
        "Europe/Rome",
        "IT",
        datetime.fromisoformat("2026-10-01T05:00Z"),
        "4 October is a holiday from 2026 on.",
    ),
    "seoul": Place(
        "Asia/Seoul",
        "KR",
        datetime.fromisoformat("2024-09-27T01:00Z"),
        "1 October 2024 was declared a holiday four weeks before.",
    ),
}


def ticket(name: str) -> TicketDriver:
    """A ticket under the rules that are installed: it waits for its requester, and is late."""
    place = PLACES[name]
    text = POLICY.replace("ZONE", place.zone).replace("COUNTRY", place.country)
    rules, at = read_policy(text, "changing.yaml"), place.received
    contract = Contract(account="quay", name="Quay", policy=rules.policy)
    requester = Requester(name="Rita", email="rita@quay.example")
    terms = settle(rules, contract, TicketFacts(requester=requester, channel="email"), at)
    driver = TicketDriver(
        opened=Opening(
            number=f"RULE-0000-{list(PLACES).index(name):04}",
            received_at=at,
            opened_by=SERVICE,
            subject="It is slow",
            description="Since this morning.",
            terms=terms,
        )
    )
    driver.until_instant(at + timedelta(hours=7))
    driver.act(
        Action.RESPOND,
        message="Which browser?",
        outcomes=["information_request"],
        questions=ASK["questions"],
    )
    driver.until_instant(at + timedelta(days=2, hours=3))
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    return driver.until_instant(at + timedelta(days=14))


def due_times(proof: bytes) -> dict[str, str]:
    """When each clock is due, as a proof claims."""
    claims = (item["value"] for item in value_of(proof)["clocks"] if "value" in item)
    return {claim["clock"]: claim["due_at"] for claim in claims}


if __name__ == "__main__":
    for each in PLACES:
        proof = proof_of(ticket(each), Role.REQUESTER)
        (Path(sys.argv[1]) / f"{each}.json").write_bytes(proof + b"\n")
