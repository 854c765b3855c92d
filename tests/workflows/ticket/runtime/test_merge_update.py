"""Merges on the server: the caller gets the survivor's decision, whatever happens meanwhile."""

import asyncio
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.merge_requests import MergeAnswer, MergeRequest
from policies.vocabulary import Action, ClosedAs, EventType, Stage
from tests.harness import (
    MIA,
    REQUESTER,
    Life,
    RecordingMailer,
    desk_with_short_runs,
    new_york,
    opening,
)
from tests.server_fixtures import Begin
from tests.workflows.ticket.pending_merge import PendingMerge
from tests.workflows.ticket.ticket_driver import WEDNESDAY, TicketDriver
from workflows.client.merges import SurvivingTickets
from workflows.client.ticket_errors import ActionRefused

KIM = MIA.model_copy(update={"name": "Kim Harbour", "email": "kim@harbour.example"})
BY_PHONE: dict[str, Any] = {"closed_as": "withdrawn", "reason": "By phone."}


async def test_the_surviving_ticket_and_both_requesters_are_notified(
    begin: Begin, mailer: RecordingMailer
) -> None:
    goes_on = await begin(new_york(WEDNESDAY))
    duplicate = await begin(new_york(WEDNESDAY), requester=KIM)
    reply = await duplicate.act(Action.MERGE, into=goes_on.number, reason="Sent twice.")
    assert reply.closed_as is ClosedAs.DUPLICATE
    (event,) = [e for e in await goes_on.timeline() if e.type is EventType.MERGED_IN]
    assert event.data["number"] == duplicate.number
    assert (await duplicate.handle.result()).closed_as is ClosedAs.DUPLICATE
    await goes_on.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    await goes_on.delivered(3)
    to = [email["To"] for email in mailer.emails if "Clear the cache" in str(email)]
    assert len(to) == 2
    assert any("kim@harbour.example" in address for address in to)


@pytest.mark.fault(19)
async def test_a_refused_merge_changes_nothing_and_says_why(begin: Begin) -> None:
    closed = await begin(new_york(WEDNESDAY))
    await closed.act(Action.CLOSE, **BY_PHONE)
    ended = await begin(new_york(WEDNESDAY))
    await ended.act(Action.CLOSE, **BY_PHONE)
    await ended.handle.result()
    for into in ("ZZZZ-ZZZZ-ZZZZ", closed.number, ended.number):
        life: Life = await begin(new_york(WEDNESDAY))
        before = await life.view()
        with pytest.raises(ActionRefused, match=into) as refused:
            await life.act(Action.MERGE, id="once", into=into)
        assert refused.value.kind == "InvalidContent"
        assert refused.value.details is not None
        assert refused.value.details.field == "into"
        assert refused.value.details.allowed_actions == before.allowed_actions
        view = await life.view()
        assert view.model_copy(update={"notices": before.notices}) == before
        await life.act(Action.WITHDRAW, REQUESTER)


@pytest.mark.fault(19)
async def test_a_merge_into_a_terminated_ticket_is_refused(begin: Begin) -> None:
    life, into = await begin(new_york(WEDNESDAY)), await begin(new_york(WEDNESDAY))
    await into.handle.terminate()
    with pytest.raises(ActionRefused, match=f"{into.number} is closed"):
        await life.act(Action.MERGE, into=into.number)
    assert (await life.act(Action.WITHDRAW, REQUESTER)).closed_as is ClosedAs.WITHDRAWN


@pytest.mark.fault(19)
@pytest.mark.parametrize("count", [2, 3])
async def test_tickets_merged_in_a_ring_at_once_leave_one_open(begin: Begin, count: int) -> None:
    lives = [await begin(new_york(WEDNESDAY)) for _ in range(count)]
    ring = zip(lives, [*lives[1:], lives[0]], strict=True)
    merges = (life.act(Action.MERGE, into=into.number) for life, into in ring)
    answers = await asyncio.gather(*merges, return_exceptions=True)
    views = {life.number: await life.view() for life in lives}
    is_open = {number for number, view in views.items() if view.stage is not Stage.CLOSED}
    assert is_open
    if count == 2:
        assert len(is_open) == 1
    for life, answer in zip(lives, answers, strict=True):
        assert isinstance(answer, ActionRefused) == (life.number in is_open)
        into = views[life.number].merged_into
        assert into is None or life.number in views[into].duplicates


@pytest.mark.fault(19)
async def test_a_merge_into_a_ticket_that_is_withdrawn_at_once_is_complete_or_refused(
    begin: Begin,
) -> None:
    for _ in range(4):
        life, into = await begin(new_york(WEDNESDAY)), await begin(new_york(WEDNESDAY))
        answer, _ = await asyncio.gather(
            life.act(Action.MERGE, into=into.number),
            into.act(Action.WITHDRAW, REQUESTER),
            return_exceptions=True,
        )
        is_merged = (await life.view()).stage is Stage.CLOSED
        assert is_merged != isinstance(answer, ActionRefused)
        assert ((await into.view()).duplicates == (life.number,)) == is_merged


@pytest.mark.fault(19)
async def test_an_answer_that_was_lost_is_the_same_the_next_time(
    begin: Begin, desk: WorkflowEnvironment
) -> None:
    """Also if the survivor has closed and ended since."""
    into = await begin(new_york(WEDNESDAY))
    merging = TicketDriver(opened=opening(new_york(WEDNESDAY), requester=KIM))
    merge = PendingMerge(merging, TicketDriver(opened=opening(new_york(WEDNESDAY))))
    request = MergeRequest(
        into=into.number,
        number=merging.number,
        id="merge",
        locale="en",
        news=merging.ticket.merge_news(merge.request).model_dump(mode="json"),
    )
    survivors = SurvivingTickets(desk.client)
    assert await survivors.accept(request) == await survivors.accept(request) == MergeAnswer()
    await into.act(Action.CLOSE, **BY_PHONE)
    await into.handle.result()
    assert await survivors.accept(request) == MergeAnswer()
    assert [e.type for e in await into.timeline()].count(EventType.MERGED_IN) == 1
    late = request.model_copy(update={"number": "0000-0000-000Z", "id": "late"})
    other: dict[str, Any] = {
        **request.news,
        "duplicates": [{"number": late.number, "requester": MIA_AS_RECIPIENT}],
    }
    refused = await survivors.accept(late.model_copy(update={"news": other}))
    assert refused.refusal is not None
    assert "is closed" in refused.refusal.reason


MIA_AS_RECIPIENT: dict[str, Any] = {
    "name": MIA.name,
    "email": MIA.email,
    "zone": "UTC",
    "locale": "en",
}


@pytest.mark.fault(19)
async def test_a_merge_survives_continue_as_new_of_both_tickets() -> None:
    async with desk_with_short_runs(12) as env:
        lives = [await Life.begin(env, opening(new_york(WEDNESDAY))) for _ in range(2)]
        inputs: dict[str, Any] = {"message": "A fact."}
        for life in lives:
            for _ in range(8):
                await life.act(Action.PROVIDE_INFORMATION, REQUESTER, **inputs)
        first, second = lives
        both = (first.act(Action.MERGE, id="m", into=second.number), second.act(Action.ACKNOWLEDGE))
        reply, _ = await asyncio.gather(*both)
        assert reply.closed_as is ClosedAs.DUPLICATE
        await first.handle.result()
        again = await first.act(Action.MERGE, id="m", into=second.number)
        assert again.closed_as is ClosedAs.DUPLICATE
        assert (await second.view()).duplicates == (first.number,)


@pytest.mark.fault(19)
async def test_a_ticket_cancelled_during_its_merge_ends_once(begin: Begin) -> None:
    for _ in range(4):
        life, into = await begin(new_york(WEDNESDAY)), await begin(new_york(WEDNESDAY))
        merge = asyncio.create_task(life.act(Action.MERGE, into=into.number))
        await asyncio.sleep(0)
        await life.handle.cancel()
        await asyncio.gather(merge, return_exceptions=True)
        summary = await life.handle.result()
        is_merged = summary.closed_as is ClosedAs.DUPLICATE
        assert ((await into.view()).duplicates == (life.number,)) == is_merged


@pytest.mark.fault(35)
async def test_a_merged_ticket_answers_every_action_with_the_survivor_at_any_moment(
    begin: Begin, mailer: RecordingMailer
) -> None:
    """While its last notices cannot be delivered, and after its end."""
    into, life = await begin(new_york(WEDNESDAY)), await begin(new_york(WEDNESDAY))
    await life.delivered(1)
    mailer.is_down = True
    await life.act(Action.MERGE, into=into.number)
    for is_down in (True, False):
        mailer.is_down = is_down
        if not is_down:
            await life.until(new_york("2027-01-07 14:00"))
            await life.handle.result()
        for action, inputs in REPLIES.items():
            with pytest.raises(ActionRefused, match=f"continues in ticket {into.number}") as it:
                await life.act(action, REQUESTER, **inputs)
            assert it.value.kind == "TicketClosed"
            assert it.value.details is not None
            assert it.value.details.merged_into == into.number
            assert it.value.details.allowed_actions == ()


REPLIES: dict[Action, dict[str, Any]] = {
    Action.PROVIDE_INFORMATION: {"message": "It is back."},
    Action.POST_UPDATE: {"message": "Hello?"},
    Action.OVERRIDE_VERDICT: {"reason": "As a courtesy."},
    Action.REOPEN: {"reason": "It is back."},
    Action.WITHDRAW: {},
}
