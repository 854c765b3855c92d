"""Lives of accounts, tested and stored as histories like those of tickets in `lives.py`.

An account has no end, so each life is a period of one.
"""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from bootstrap.senders import senders
from policies.accounts.account_terms import AccountTerms, EnablementTerms
from tests.harness import CATALOG, IDENTITY, RecordingMailer
from tests.policies.accounts.sample_accounts import (
    PRISMIC,
    WITH_LETTERS,
    east,
    lateness,
    utc,
)
from tests.workflows.account.account_driver import MANAGER
from tests.workflows.account.life import AccountLife
from worker import DeskWorker, make_worker
from workflows.account.model.action_inputs import AccountAction

Begin = Callable[..., Awaitable[AccountLife]]
LifeScript = Callable[[Begin, RecordingMailer], Awaitable[AccountLife]]

EVERYTHING = WITH_LETTERS.model_copy(update={"enablement": EnablementTerms(hours=Decimal(8))})


def beginning_on(env: WorkflowEnvironment) -> Begin:
    """A function that starts accounts on the server."""

    async def begin(terms: AccountTerms, since: datetime) -> AccountLife:
        return await AccountLife.begin(env, terms, since)

    return begin


def desk_for_accounts(env: WorkflowEnvironment, mailer: RecordingMailer) -> DeskWorker:
    """A worker without contracts, and therefore without tickets."""
    return make_worker(
        env.client,
        senders=senders(mailer, IDENTITY),
        contracts=InMemoryContracts(),
        catalog=CATALOG,
    )


async def contract_year(begin: Begin, mailer: RecordingMailer) -> AccountLife:
    """A year from 15 January: sessions, outages of all kinds, months that close, credits for
    availability and for lateness, claims in time, a refused claim, newer terms.
    """
    del mailer
    life = await begin(EVERYTHING, east("2027-01-15 09:00"))
    await _sessions(life)
    await _a_bad_february(life)
    await life.until(east("2027-03-01 00:01"))
    await life.settled(2)
    await _claim(life, "month:2027-02")
    await _late(life, "2027-03-10 15:00", "2027-03-12 16:00")
    await _late(life, "2027-03-10 15:00", "2027-03-10 16:30", cycle=2)
    await life.settled(7)
    claimed = await _claim(life, "ticket:7K2M-0QXW-9HTE:resolution:1")
    refused: dict[str, Any] = {"claim": claimed, "reason": "It was the customer's own site."}
    await life.act(AccountAction.REFUSE_CLAIM, MANAGER, **refused)
    await life.until(east("2027-07-20 10:00"))
    await _outage(life, "2027-07-19 00:00", "2027-07-20 00:00")
    newer: dict[str, Any] = {"terms": life.terms.model_copy(update={"revision": date(2027, 7, 1)})}
    await life.act(AccountAction.ADOPT_TERMS, **newer)
    await life.until(east("2027-08-30 23:50"))
    await _claim(life, "month:2027-07")
    await life.until(east("2028-01-15 09:00"))
    await _book(life, "2028-01-20", "8")
    await life.settled(12)
    return life


async def letters_lost(begin: Begin, mailer: RecordingMailer) -> AccountLife:
    """The address of the customer is rejected, then the mail server is down over the end of a
    month; pending notices are sent when it is back.
    """
    mailer.refused.add("colette@soleil.example")
    life = await begin(WITH_LETTERS, east("2027-03-31 23:40"))
    await _late(life, "2027-03-29 15:00", "2027-03-31 16:00")
    await life.settled(3)
    mailer.is_down = True
    await _late(life, "2027-03-29 15:00", "2027-03-31 16:00", cycle=2)
    await life.until(east("2027-04-01 00:01"))
    mailer.is_down = False
    mailer.refused.clear()
    await life.until(east("2027-04-01 00:30"))
    await life.settled(5)
    return life


async def hours_of_workshops(begin: Begin, mailer: RecordingMailer) -> AccountLife:
    """Booked hours in two contract years, and nothing else."""
    del mailer
    life = await begin(PRISMIC, utc("2027-05-20 10:00"))
    await _book(life, "2027-05-31", "7.5")
    await _book(life, "2027-05-31", "0.5")
    await _book(life, "2027-06-01", "8")
    await life.until(utc("2027-05-30 10:00"))
    await life.act(AccountAction.CANCEL_SESSION, session="session-2")
    await life.until(utc("2027-06-02 10:00"))
    return life


ACCOUNT_LIVES: dict[str, LifeScript] = {
    script.__name__: script for script in (contract_year, letters_lost, hours_of_workshops)
}


async def _sessions(life: AccountLife) -> None:
    await _book(life, "2027-03-10", "5")
    await _book(life, "2027-03-11", "3")
    await life.act(AccountAction.CANCEL_SESSION, session="session-2", reason="Too early.")
    await _book(life, "2027-09-01", "2.75")


async def _a_bad_february(life: AccountLife) -> None:
    """Outages: one recorded later and corrected, one that ends, one announced in time."""
    await life.until(east("2027-02-10 12:00"))
    await _outage(life, "2027-02-09 00:00", "2027-02-09 20:00")
    await _outage(life, "2027-02-10 11:00", None)
    await life.until(east("2027-02-10 13:00"))
    ended: dict[str, Any] = {"outage": "outage-2", "ends_at": east("2027-02-10 12:30")}
    await life.act(AccountAction.END_OUTAGE, **ended)
    corrected: dict[str, Any] = {"outage": "outage-1", "reason": "It began later."}
    corrected |= {"starts_at": east("2027-02-09 02:00"), "ends_at": east("2027-02-09 20:00")}
    await life.act(AccountAction.CORRECT_OUTAGE, category="service_failure", **corrected)
    announced: dict[str, Any] = {
        "announced_at": east("2027-02-10 12:00"),
        "category": "scheduled_interruption",
    }
    await _outage(life, "2027-02-17 02:00", "2027-02-17 04:00", **announced)


async def _book(life: AccountLife, day: str, hours: str) -> None:
    input: dict[str, Any] = {
        "date": day,
        "hours": hours,
        "topic": "Migration",
        "requested_by": "Mia",
    }
    await life.act(AccountAction.BOOK_SESSION, **input)


async def _outage(life: AccountLife, begins: str, ends: str | None, **input: Any) -> None:
    input = {"category": "service_failure", "description": "No answers."} | input
    span: dict[str, Any] = {"starts_at": east(begins), "ends_at": east(ends) if ends else None}
    await life.act(AccountAction.RECORD_OUTAGE, **span, **input)


async def _late(life: AccountLife, due: str, completed: str, **input: Any) -> None:
    late = lateness(east(due), east(completed), **input)
    await life.act(AccountAction.REPORT_LATENESS, lateness=late)


async def _claim(life: AccountLife, *credits: str) -> str:
    input: dict[str, Any] = {
        "credits": credits,
        "statement": "We claim what the contract gives us.",
    }
    reply = await life.act(AccountAction.CLAIM_CREDITS, **input)
    assert reply.entry is not None
    return reply.entry
