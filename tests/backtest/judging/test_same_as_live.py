"""A back-test and a live ticket agree: on every clock, every instant and all lateness.

A live ticket lives through the random workload of the chaos test, and writes down what a log can
tell of it. The back-test plays that log. Lateness is what credits are counted from.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backtest.judging.credits import Credits
from backtest.judging.log_terms import silent
from backtest.judging.played_ticket import PlayedTicket
from policies.vocabulary import EventType
from tests.backtest.judging.told_ticket import ToldTicket
from tests.workflows.ticket.simulated_ticket import CATALOG, CONTRACTS, CoreWorkload
from workflows.ticket.process.clocked_ticket import ClockedTicket
from workflows.ticket.process.duties import duties
from workflows.ticket.process.ticket import Ticket

MOMENT = timedelta.resolution
BY_CLOCKS = frozenset({EventType.CLOCK_BREACHED, EventType.CLOCK_OVERDUE})


class ToldWorkload(CoreWorkload):
    """The workload of one ticket, which acts a moment after what is due, not with it: whether both
    come at one time is for other tests.
    """

    @property
    def now(self) -> datetime:
        return self._now

    @now.setter
    def now(self, at: datetime) -> None:
        ticket = getattr(self, "ticket", None)
        due = {duty.at for duty in duties(ticket)} if ticket else set()
        while at in due:
            at += MOMENT
        self._now = at

    def _open(self) -> Ticket:
        return ToldTicket.open(super()._open().state.opening)


def told_life(path: Path, seed: str) -> tuple[ToldTicket, datetime] | None:
    """A random life that a log can tell, and its end."""
    workload = ToldWorkload(seed, path)
    workload.run()
    ticket = workload.ticket
    if not isinstance(ticket, ToldTicket) or not ticket.can_be_told:
        return None
    return None if ticket.state.terms.verdict.refuses else (ticket, workload.now)


def played(live: ToldTicket, until: datetime) -> PlayedTicket:
    """The same life as a log, played."""
    opening = live.state.opening
    stated = opening.request.stated_facts if opening.request else {}
    quiet = opening.model_copy(update={"terms": silent(opening.terms)})
    ticket = PlayedTicket.opened(quiet, stated)
    for row in live.rows:
        ticket.play(row)
    ticket.end(until + MOMENT)
    return ticket


def clocks_of(ticket: ClockedTicket) -> list[dict[str, Any]]:
    """All cycles. Which warnings were sent at one time with their end is nobody's promise."""
    return [clock.model_dump(exclude={"fired"}) for clock in ticket.state.clocks]


def rings_of(ticket: ClockedTicket) -> list[tuple[Any, ...]]:
    """Every breach and what comes after it, with its time and cycle."""
    rings = (event for event in ticket.state.events if event.type in BY_CLOCKS)
    return [(e.type, e.at, e.data["clock"], e.data["cycle"], e.data["rung"]) for e in rings]


def lateness_of(ticket: ClockedTicket) -> list[dict[str, Any]]:
    """All reports to the account, without whom it may notify."""
    return [report.model_dump(exclude={"requester"}) for report in ticket.state.late]


def assert_same(live: ToldTicket, until: datetime) -> None:
    back = played(live, until)
    assert clocks_of(back) == clocks_of(live)
    assert rings_of(back) == rings_of(live)
    assert lateness_of(back) == lateness_of(live)


@pytest.mark.parametrize("path", CONTRACTS, ids=[path.stem for path in CONTRACTS])
def test_back_test_and_live_ticket_agree_under_every_contract(path: Path) -> None:
    lives = [life for seed in range(3) if (life := told_life(path, f"told{seed}"))][:1]
    for live, until in lives:
        assert_same(live, until)


@settings(max_examples=25)
@given(st.sampled_from(CONTRACTS), st.integers(0, 1_000_000))
def test_back_test_and_live_ticket_agree_on_random_lives(path: Path, seed: int) -> None:
    life = told_life(path, str(seed))
    assume(life is not None)
    assert life is not None
    assert_same(*life)


@settings(max_examples=15)
@given(st.integers(0, 1_000_000))
def test_back_test_and_live_ticket_earn_the_same_credits(seed: int) -> None:
    [path] = [path for path in CONTRACTS if path.stem == "maison-lumiere"]
    life = told_life(path, str(seed))
    assume(life is not None)
    assert life is not None
    live, until = life
    credits = Credits(CATALOG.latest(live.state.terms.policy))
    back = played(live, until)
    # Credits are counted from the reports of a ticket, whichever kind of ticket it is.
    assert credits.earned(back, until) == credits.earned(live, until)  # type: ignore[arg-type]


def test_most_random_lives_can_be_told() -> None:
    lives = [told_life(path, "share") for path in CONTRACTS[:12]]
    assert sum(life is not None for life in lives) > len(lives) / 2
    assert any(row.events for life in lives if life for row in life[0].rows)
