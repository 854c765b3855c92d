"""Silence, and work after the closing, on a real Temporal server."""

from datetime import timedelta
from typing import Any

from temporalio.testing import WorkflowEnvironment

from policies.vocabulary import Action, ClockState, ClosedAs, Role
from tests.harness import Life
from tests.workflows.ticket.pages.page_ticket import page_opening
from tests.workflows.ticket.pages.test_silence import CLOSING
from tests.workflows.ticket.pages.test_workarounds import CAUSES

WORK: dict[str, Any] = {"message": "We are on it.", "outcomes": ["work_started"]}


async def test_a_ticket_closes_for_want_of_an_answer(desk: WorkflowEnvironment) -> None:
    life = await Life.begin(desk, page_opening(CLOSING, "2031-12-22T10:00-05:00", priority="high"))
    await life.act(Action.RESPOND, **WORK)
    asked = await life.act(Action.REQUEST_INFORMATION, message="Which version?")
    [silence] = [clock for clock in asked.clocks if clock.name == "follow_up"]
    assert silence.due_at is not None
    await life.until(silence.due_at + timedelta(minutes=1))
    summary = await life.handle.result()
    assert (summary.closed_as, summary.closed_at) == (ClosedAs.NO_REPLY, silence.due_at)


async def test_a_closed_ticket_lives_on_until_the_work_that_it_owes_is_done(
    desk: WorkflowEnvironment,
) -> None:
    life = await Life.begin(desk, page_opening(CAUSES, "2031-05-16T17:00+05:30", priority="p2"))
    await life.act(Action.RESPOND, **WORK)
    await life.act(Action.RESOLVE, resolution="Fixed.")
    await life.act(Action.CLOSE)
    assert await life.allowed_actions(Role.AGENT) == (Action.RECORD_MILESTONE,)
    await life.act(Action.RECORD_MILESTONE, milestone="cause_sent")
    summary = await life.handle.result()
    states = {clock.name: clock.state for clock in summary.clocks}
    assert states["cause"] is ClockState.MET
