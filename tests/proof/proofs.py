"""Proofs for tests: of tickets on the core, without a server."""

import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from commands.scenario.script import read_script
from policies.vocabulary import Action, Role
from proof.canonical import canonical, decoded
from proof.commitments import first_link, next_link
from proof.document import ProofDocument, event_commitment
from proof.making import ProofMaker
from proof.signing import ProofKey
from proof.verification import Report, verify
from settings import ROOT
from tests.harness import CATALOG, REQUESTER
from tests.workflows.ticket.core_player import LONG_AGO, CorePlayer
from tests.workflows.ticket.placed_policy import at, placed_ticket
from tests.workflows.ticket.ticket_driver import ASK, TicketDriver
from workflows.account.account import Account
from workflows.account.credits import credits_of_ticket
from workflows.account.model.ticket_credits import TicketCredits
from workflows.ticket.process.duties import duties
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.state.record import TicketRecord

KEY_TEXT = base64.b64encode(b"a key for tests only, 32 bytes. ").decode()
KEY = ProofKey(KEY_TEXT)
ANOTHER_KEY = ProofKey(base64.b64encode(b"another key for tests, 32 bytes ").decode())
MAKER = ProofMaker(KEY)
LATE = ROOT / "examples/scenarios/contentsquare/claimed-on-day-30.yaml"
"""A resolution that was late and has earned credits."""

Json = dict[str, Any]


def record_of(ticket: Ticket, now: datetime) -> TicketRecord:
    """What the workflow returns for a proof."""
    due = next((duty.at for duty in duties(ticket)), None)
    return TicketRecord.of(ticket.state, due, now)


def proof_of(
    driver: TicketDriver,
    role: Role = Role.AGENT,
    credits: Sequence[TicketCredits] = (),
    *,
    sees_credits: bool = True,
) -> bytes:
    """The proof of a ticket now."""
    record = record_of(driver.ticket, driver.now)
    return MAKER.make(record, role, credits, sees_credits=sees_credits)


def verified(data: bytes) -> Report:
    """The report of a verification with the right key."""
    return verify(data, KEY.public)


def played(path: Path) -> CorePlayer:
    """A scenario that was played."""
    player = CorePlayer(read_script(path, CATALOG, LONG_AGO))
    assert [comparison for comparison in player.run() if not comparison.holds] == []
    return player


def credits_of(player: CorePlayer) -> list[TicketCredits]:
    """What the account of a scenario has for its ticket."""
    assert player.driver is not None
    if player.account is None:
        return []
    account = Account(player.account.driver.account.state.draft())
    account.catch_up(player.driver.now)
    number = player.driver.state.opening.number
    return list(credits_of_ticket(account.state, number, player.driver.now))


def proof_of_scenario(path: Path = LATE, role: Role = Role.AGENT) -> bytes:
    """The proof of the ticket of a scenario, with its credits."""
    player = played(path)
    assert player.driver is not None
    return proof_of(player.driver, role, credits_of(player))


def asked_and_answered() -> TicketDriver:
    """A ticket under Contently whose clocks have paused, and one of which is overdue."""
    driver = TicketDriver().until("2027-01-07 11:00")
    driver.act(
        Action.RESPOND, message="Which browser?", outcomes=["information_request"], **QUESTIONS
    )
    driver.act(Action.ADD_NOTE, note="Probably their proxy.")
    driver.until("2027-01-08 09:00")
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    driver.until("2027-01-11 10:00")
    driver.act(Action.ESCALATE, reason="Everybody there has it.")
    return driver.until("2027-02-15 10:00")


def paused() -> TicketDriver:
    """A ticket with an interval that a question has interrupted. It is overdue since."""
    driver = placed_ticket("2026-06-09T14:00-04:00", priority="sev_3", place="new_york")
    at(driver, "2026-06-09T15:00-04:00")
    driver.act(Action.RESPOND, message="We are on it.", outcomes=["work_started"])
    at(driver, "2026-06-10T11:00-04:00").act(Action.REQUEST_INFORMATION, **ASK)
    at(driver, "2026-06-12T10:30-04:00")
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    return at(driver, "2026-06-17T10:30-04:00")


QUESTIONS: dict[str, Any] = {"questions": ASK["questions"]}


def value_of(data: bytes) -> Json:
    """A proof as data to change."""
    value = decoded(data)
    assert isinstance(value, dict)
    return value


def changed(data: bytes, change: Callable[[Json], object]) -> bytes:
    """A proof that somebody without the key has changed."""
    value = value_of(data)
    change(value)
    return canonical(value)


def forged(data: bytes, change: Callable[[Json], object], key: ProofKey = KEY) -> bytes:
    """A proof that somebody with the key has changed, chained again, and signed."""
    value = value_of(data)
    change(value)
    document = ProofDocument.model_validate(value)
    link = first_link(document.format, document.number)
    for part, each in zip(document.events, value["events"], strict=True):
        link = each["link"] = next_link(link, event_commitment(part.item))
    root = ProofDocument.model_validate(value).root
    value |= {"key": key.public.text, "root_hash": root, "signature": key.sign(root)}
    return canonical(value)


def events_of_type(value: Json, kind: str) -> list[Json]:
    """The shown events of a type, to change."""
    shown = [each["item"]["value"] for each in value["events"] if "value" in each["item"]]
    return [event for event in shown if event["type"] == kind]


def field_of(event: Json, name: str) -> Json:
    """A shown field of an event, to change."""
    found: Json
    [found] = [f for f in event["fields"] if "value" in f and f["value"][0] == name]
    return found


def claim_of(value: Json, clock: str) -> Json:
    """The claim about a clock, to change."""
    claims = [each["value"] for each in value["clocks"] if "value" in each]
    return next(claim for claim in claims if claim["clock"] == clock)
