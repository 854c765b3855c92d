"""The credits of whole tickets: they only grow, and never while the customer is silent (R1, R2)."""

from datetime import timedelta
from math import ceil

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policies.accounts.account_settlement import account_terms
from policies.schema.contract import Contract
from policies.vocabulary import WaitingOn
from tests.workflows.account.account_driver import AccountDriver
from tests.workflows.ticket.clocks.path_policy import (
    PRIORITIES,
    STEPS,
    path_policy,
    path_ticket,
    take,
)
from workflows.account.model.action_inputs import AccountAction
from workflows.account.model.views import CreditState, CreditView

CLAIM = "claim"
HOUR = timedelta(hours=1)


class Life:
    """A ticket and its account, which takes each report at once."""

    def __init__(self, priority: str, on_change: str) -> None:
        contract = Contract(account="quay", name="Quay", policy="paths")
        self.ticket = path_ticket("2027-03-01 10:00", priority, on_change)
        self.account = AccountDriver(account_terms(path_policy(), contract, 2027), self.ticket.now)

    def wait(self, minutes: int) -> None:
        """Lets time pass, up to the duties due before an action at the end of it."""
        self.ticket.until_instant(self.ticket.now + timedelta(minutes=minutes, seconds=-1))
        self.ticket.now += timedelta(seconds=1)
        self._report()

    def take(self, step: str) -> None:
        """Takes a step if it is possible: of the ticket, or a claim of what can be claimed."""
        if step == CLAIM:
            named = [
                c.id for c in self.credits if c.state in (CreditState.EARNED, CreditState.ACCRUING)
            ]
            if named:
                self.account.claim(self.ticket.now, *named)
            return
        take(self.ticket, step)
        self.ticket.until_instant(self.ticket.now)
        self._report()

    @property
    def credits(self) -> tuple[CreditView, ...]:
        """All credits, with those that accrue."""
        return self.account.view(self.ticket.now).credits

    @property
    def earned(self) -> int:
        """The credits, claimed or not."""
        return sum(credit.credits for credit in self.credits)

    @property
    def is_silent(self) -> bool:
        """Whether it is the customer's turn, or nobody's."""
        return self.ticket.state.waiting_on in (WaitingOn.REQUESTER, WaitingOn.NOBODY)

    def _report(self) -> None:
        for late in self.ticket.state.late:
            at = max(late.reported_at, self.ticket.now)
            self.account.act(AccountAction.REPORT_LATENESS, at, id=late.id, lateness=late)
        self.ticket.state.late.clear()


PATHS = st.lists(
    st.tuples(
        st.sampled_from([*STEPS, *PRIORITIES, CLAIM, "ask", "answer"]), st.integers(1, 60 * 30)
    ),
    max_size=12,
)


@pytest.mark.fault(3, 8, 9, 10, 11, 12)
@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(PRIORITIES), PATHS, st.sampled_from(["recount", "restart", "keep", "continue"])
)
@example(
    "urgent",
    [("respond", 9), ("ask", 300), ("low", 999), ("answer", 9), ("normal", 999)],
    "recount",
)
@example(
    "urgent", [("respond", 9), ("low", 999), ("resolve", 9), ("reopen", 9), ("ask", 999)], "recount"
)
def test_credits_are_never_lost_and_the_silence_of_the_customer_earns_none(
    priority: str, steps: list[tuple[str, int]], on_change: str
) -> None:
    life = Life(priority, on_change)
    waited_for_us, cycles = timedelta(0), 0
    life.take("respond")
    for step, minutes in steps:
        before, was_silent = life.earned, life.is_silent
        life.wait(minutes)
        assert life.earned >= before
        if was_silent:
            assert life.earned == before
        else:
            waited_for_us += timedelta(minutes=minutes)
        before = life.earned
        life.take(step)
        assert life.earned >= before
        cycles = len(life.account.account.state.late_cycles)
        assert life.earned <= ceil(waited_for_us / HOUR) + cycles
