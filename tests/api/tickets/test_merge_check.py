"""Merging over HTTP: only into an existing open ticket of the same account."""

import pytest

from tests.api.caller import OTHER_ACCOUNT, Call, Caller, fields, problem
from tests.polling import eventually

REASON = "The same outage."


async def test_a_merge_is_in_both_tickets(agent: Caller, service: Caller) -> None:
    into, number = await service.opened(), await service.opened()
    done = await agent.act(number, "merge", "m1", into=into, reason=REASON)
    assert done.status_code == 200, done.text
    assert done.json()["closed_as"] == "duplicate"
    ticket = await eventually(
        lambda: agent.get(f"/tickets/{into}"), lambda answer: bool(answer.json().get("duplicates"))
    )
    assert ticket.json()["duplicates"] == [number]
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
    problem(await call("salt").act(number, "merge", into=into), 404, "ticket-unknown")
