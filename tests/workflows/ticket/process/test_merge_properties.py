"""Merges of several tickets into each other, with their steps in any order."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.vocabulary import Action, Stage
from tests.harness import REQUESTER
from tests.workflows.ticket.pending_merge import PendingMerge
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.refusals import Refusal

MOST_TICKETS = 4
Steps = list[tuple[str, int, int]]


@dataclass
class Desk:
    """Some tickets, and the merge that each of them is in, if any."""

    tickets: list[TicketDriver]
    pending: dict[int, PendingMerge]

    def take(self, step: str, which: int, other: int) -> None:
        """Takes a step on a ticket, if it is possible."""
        which, other = which % len(self.tickets), other % len(self.tickets)
        ticket = self.tickets[which]
        with suppress(Refusal):
            if step == "begin":
                self.pending[which] = PendingMerge(ticket, self.tickets[other]).begin()
            elif step == "ask" and which in self.pending:
                # Also a second time: the activity is retried when its answer was lost.
                self.pending[which].ask()
            elif step == "end" and which in self.pending and self.pending[which].is_answered:
                self.pending.pop(which).end()
            elif step == "continue":
                ticket.ticket.restore(ticket.carried().state)
            elif step == "withdraw":
                ticket.act(Action.WITHDRAW, REQUESTER)

    def settle(self) -> None:
        """Every merge that was begun gets its answer."""
        for which in list(self.pending):
            self.take("ask", which, 0)
            self.take("end", which, 0)


def steps(*kinds: str) -> Any:
    numbers = st.integers(0, MOST_TICKETS - 1)
    return st.lists(st.tuples(st.sampled_from(kinds), numbers, numbers), max_size=30)


def after(count: int, taken: Steps) -> Desk:
    desk = Desk([TicketDriver() for _ in range(count)], {})
    for step in taken:
        desk.take(*step)
    desk.settle()
    return desk


def survivor_of(ticket: TicketDriver, by_number: dict[str, TicketDriver]) -> TicketDriver:
    """Follows the merges from a ticket; fails if they go round."""
    seen = {ticket.number}
    while ticket.state.merged_into is not None:
        into = by_number[ticket.state.merged_into]
        assert ticket.number in into.state.merged_in
        assert into.number not in seen
        seen.add(into.number)
        ticket = into
    return ticket


@st.composite
def interleaved(draw: st.DrawFn) -> tuple[int, Steps]:
    """Some merges among tickets. Each begins, is decided and ends, while others do."""
    count = draw(st.integers(2, MOST_TICKETS))
    merging = draw(st.lists(st.integers(0, count - 1), min_size=2, max_size=5))
    into = [(which + draw(st.integers(1, count - 1))) % count for which in merging]
    left = {number: ["begin", "ask", "end"] for number in range(len(merging))}
    order = draw(st.permutations([number for number in left for _ in range(3)]))
    return count, [(left[number].pop(0), merging[number], into[number]) for number in order]


@pytest.mark.fault(19)
@settings(max_examples=80, deadline=None)
@given(interleaved())
def test_merges_in_any_order_leave_a_ticket_open(case: tuple[int, Steps]) -> None:
    tickets = after(*case).tickets
    by_number = {ticket.number: ticket for ticket in tickets}
    assert any(ticket.state.stage is not Stage.CLOSED for ticket in tickets)
    for ticket in tickets:
        assert survivor_of(ticket, by_number).state.stage is not Stage.CLOSED
        assert ticket.state.merging_into is None


@pytest.mark.fault(19)
@settings(max_examples=60, deadline=None)
@given(st.integers(2, MOST_TICKETS), steps("begin", "begin", "ask", "end", "withdraw"))
def test_a_merged_ticket_leads_to_one_that_is_open_or_was_ended_by_people(
    count: int, taken: Steps
) -> None:
    tickets = after(count, taken).tickets
    by_number = {ticket.number: ticket for ticket in tickets}
    for ticket in tickets:
        survivor = survivor_of(ticket, by_number)
        assert survivor.state.merged_into is None
        for number in ticket.state.merged_in:
            assert by_number[number].state.merged_into == ticket.number
