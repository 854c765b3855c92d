"""Entity tags: a reading can be repeated cheaply, and an action taken only on what was read."""

from typing import Any

import httpx
import pytest

from tests.api.caller import Caller, problem


async def act(caller: Caller, number: str, action: str, tag: str, **body: Any) -> httpx.Response:
    headers = {"If-Match": tag}
    return await caller.http.post(f"/tickets/{number}/{action}", json=body, headers=headers)


async def tag_of(caller: Caller, number: str) -> str:
    return (await caller.get(f"/tickets/{number}")).headers["ETag"]


async def test_an_action_on_what_was_read_is_taken(agent: Caller, service: Caller) -> None:
    number = await service.opened()
    tag = await tag_of(agent, number)
    taken = await act(agent, number, "acknowledge", tag)
    assert taken.status_code == 200, taken.text
    version = taken.json()["version"]
    assert (await act(agent, number, "add-note", f'"{version}"', note="Ours.")).status_code == 200


async def test_an_action_on_an_older_version_is_refused_and_changes_nothing(
    agent: Caller, service: Caller
) -> None:
    number = await service.opened()
    tag = await tag_of(agent, number)
    await service.act(number, "provide-information", message="It is Firefox.")
    refused = problem(await act(agent, number, "acknowledge", tag), 412, "ticket-changed")
    assert (refused["stage"], "respond" in refused["allowed_actions"]) == ("received", True)
    assert "version 2" in refused["detail"]
    events = (await agent.get(f"/tickets/{number}/timeline")).json()["events"]
    assert [event["type"] for event in events] == ["opened", "information_provided"]


async def test_a_repeated_action_is_answered_although_it_has_changed_the_ticket(
    agent: Caller, service: Caller
) -> None:
    number = await service.opened()
    headers = {"If-Match": await tag_of(agent, number), "Idempotency-Key": "ack-1"}
    path = f"/tickets/{number}/acknowledge"
    first = await agent.http.post(path, json={}, headers=headers)
    again = await agent.http.post(path, json={}, headers=headers)
    assert first.status_code == 200, first.text
    assert again.json() == first.json()


@pytest.mark.parametrize("tag", ['W/"1"', "1", '"x"', '"1', "", '"2", "99"', '"1.xyz"'])
async def test_a_tag_of_no_version_matches_nothing(
    agent: Caller, service: Caller, tag: str
) -> None:
    number = await service.opened()
    refused = problem(await act(agent, number, "acknowledge", tag), 412, "ticket-changed")
    has_version = tag.startswith('"2"')
    assert ("has changed since" in refused["detail"]) == has_version
    assert ('written "1", in quotation marks' in refused["detail"]) != has_version


@pytest.mark.parametrize("tag", ["*", '"7", "1"', '"1.0"'])
async def test_any_of_several_tags_matches(agent: Caller, service: Caller, tag: str) -> None:
    number = await service.opened()
    assert (await act(agent, number, "acknowledge", tag)).status_code == 200


async def test_a_role_is_judged_before_the_version(service: Caller) -> None:
    problem(await act(service, await service.opened(), "acknowledge", '"9"'), 403, "wrong-role")


async def test_a_merge_heeds_the_version_and_leaves_the_target_as_it_was(
    agent: Caller, service: Caller
) -> None:
    number, into = await service.opened(), await service.opened()
    problem(await act(agent, number, "merge", '"9"', into=into), 412, "ticket-changed")
    assert (await agent.get(f"/tickets/{into}")).json()["duplicates"] == []
    assert (await act(agent, number, "merge", '"1"', into=into)).status_code == 200


async def test_a_reading_that_the_caller_has_is_not_sent_again(
    agent: Caller, service: Caller
) -> None:
    number = await service.opened()
    await agent.act(number, "acknowledge")
    tag = await tag_of(agent, number)
    for tags in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        same = await agent.http.get(f"/tickets/{number}", headers={"If-None-Match": tags})
        if same.headers["ETag"] == tag:
            assert (same.status_code, same.content) == (304, b"")
    await agent.act(number, "add-note", note="Ours.")
    changed = await agent.http.get(f"/tickets/{number}", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


async def test_each_role_has_a_tag_of_its_own(agent: Caller, service: Caller) -> None:
    number = await service.opened()
    assert await tag_of(agent, number) != await tag_of(service, number)
