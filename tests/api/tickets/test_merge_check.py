"""Merging over HTTP: into an existing open ticket of the same account, which decides."""

import asyncio

import pytest

from tests.api.caller import OTHER_ACCOUNT, Call, Caller, fields, problem

REASON = "The same outage."


async def test_a_merge_is_in_both_tickets(agent: Caller, service: Caller) -> None:
    into, number = await service.opened(), await service.opened()
    done = await agent.act(number, "merge", "m1", into=into, reason=REASON)
    assert done.status_code == 200, done.text
    assert done.json()["closed_as"] == "duplicate"
    assert (await agent.get(f"/tickets/{into}")).json()["duplicates"] == [number]
    await agent.act(into, "close", closed_as="withdrawn", reason="By phone.")
    again = await agent.act(number, "merge", "m1", into=into, reason=REASON)
    assert again.json() == done.json()


@pytest.mark.parametrize("into", ["ZZZZ-ZZZZ-ZZZZ", "another account", "closed", "merged"])
async def test_an_invalid_target_is_refused_with_the_reason(
    agent: Caller, service: Caller, into: str
) -> None:
    number, third = await service.opened(), await service.opened()
    words, target = "there is no ticket", into
    if into == "another account":
        words, target = OTHER_ACCOUNT, await service.opened(account=OTHER_ACCOUNT)
    elif into in ("closed", "merged"):
        words, target = "is closed", await service.opened()
        said = {"closed_as": "withdrawn", "reason": "By phone."}
        if into == "merged":
            words = f"it continues in ticket {third}"
            await agent.act(target, "merge", into=third)
        else:
            await agent.act(target, "close", **said)
    refused = problem(await agent.act(number, "merge", into=target), 422, "invalid-content")
    assert words in fields(refused)["into"]
    assert refused["stage"] == "received"
    assert (await agent.get(f"/tickets/{number}")).json()["stage"] == "received"


async def test_the_ticket_refuses_a_merge_into_itself_or_by_other_roles(
    call: Call, agent: Caller, service: Caller
) -> None:
    number, into = await service.opened(), await service.opened()
    refused = problem(await agent.act(number, "merge", into=number), 422, "invalid-content")
    assert "into itself" in refused["detail"]
    problem(await service.act(number, "merge", into=into), 403, "wrong-role")
    problem(await call("harbour").act(number, "merge", into="ZZZZ-ZZZZ-ZZZZ"), 403, "wrong-role")
    problem(await call("salt").act(number, "merge", into=into), 404, "ticket-unknown")


@pytest.mark.fault(19)
async def test_two_tickets_merged_into_each_other_at_once_leave_one_open(
    agent: Caller, service: Caller
) -> None:
    for _ in range(8):
        first, second = await service.opened(), await service.opened()
        answers = await asyncio.gather(
            agent.act(first, "merge", into=second), agent.act(second, "merge", into=first)
        )
        assert sorted(answer.status_code for answer in answers) == [200, 422]
        stages = [(await agent.get(f"/tickets/{n}")).json()["stage"] for n in (first, second)]
        assert sorted(stages) == ["closed", "received"]


async def test_a_caller_of_another_account_learns_nothing_of_the_target(
    call: Call, service: Caller
) -> None:
    into, number = await service.opened(), await service.opened(account=OTHER_ACCOUNT)
    refused = problem(
        await call("salt-agent").act(number, "merge", into=into), 422, "invalid-content"
    )
    assert fields(refused) == {"into": f"there is no ticket {into}"}


@pytest.mark.fault(35)
async def test_a_reply_to_a_merged_ticket_names_the_survivor(
    agent: Caller, service: Caller
) -> None:
    into, number = await service.opened(), await service.opened()
    await agent.act(number, "merge", into=into)
    for caller, action, body in (
        (service, "provide-information", {"message": "It is back."}),
        (service, "withdraw", {}),
        (agent, "post-update", {"message": "Hello?"}),
        (agent, "override-verdict", {"reason": "As a courtesy."}),
        (agent, "merge", {"into": into}),
    ):
        refused = problem(await caller.act(number, action, **body), 409, "ticket-closed")
        assert refused["merged_into"] == into
        assert (refused["stage"], refused["allowed_actions"]) == ("closed", [])


@pytest.mark.fault(20)
async def test_a_requester_who_fills_a_ticket_leaves_room_for_the_support_team(
    agent: Caller, service: Caller
) -> None:
    number, text = await service.opened(), "x" * 20_000
    answers = [await service.act(number, "provide-information", message=text) for _ in range(26)]
    refused = problem(answers[-1], 409, "record-full")
    assert refused["allowed_actions"] == ["withdraw"]
    answer = await agent.act(number, "respond", message="Try this.", outcomes=["escalation"])
    assert answer.status_code == 200
