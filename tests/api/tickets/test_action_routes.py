import asyncio
from datetime import datetime
from typing import Any

import pytest

from api.tickets.action_routes import OWN_ROUTES, body_model_of, example_of
from policies.vocabulary import Action
from tests.api.caller import Call, Caller, fields, problem
from tests.harness import RecordingMailer, new_york
from tests.server_fixtures import Begin
from workflows.ticket.actions.table import ACTIONS

RESPONSE: dict[str, Any] = {"message": "We pass it on.", "outcomes": ["escalation"]}


@pytest.mark.clause("contently/engineering")
async def test_the_documented_process_over_http(call: Call, begin: Begin) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    number, agent = life.number, call("agent")

    async def acted(who: Caller, action: str, **input: Any) -> dict[str, Any]:
        response = await who.act(number, action, **input)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    await life.until(new_york("2027-01-07 11:00"))
    await acted(agent, "respond", **RESPONSE)
    await acted(agent, "record-finding", step="reproduce", result="Yes, in every browser")
    await life.until(new_york("2027-01-08 10:30"))
    concluded = {"conclusion": "A regression", "not_run": "The cause is clear."}
    answer = await acted(agent, "conclude-triage", resolved=False, **concluded)
    assert answer["stage"] == "awaiting_handoff"
    await life.until(new_york("2027-01-11 09:01"))
    for who in ("engineering", "product"):
        await acted(call(who), "record-review", viewpoint=who, priority="high")
    assert (await acted(agent, "share-forecast"))["stage"] == "forecast_shared"
    await acted(call("engineering"), "start-engineering")
    assert (await acted(agent, "resolve", resolution="Fixed"))["stage"] == "resolved"


@pytest.mark.parametrize("action", Action)
def test_every_action_has_a_valid_example(action: Action) -> None:
    body = body_model_of(action).model_validate(example_of(action))
    # Of an assignment, the body has the id of the person that the action is about.
    if action not in OWN_ROUTES and action is not Action.ASSIGN:
        ACTIONS[action].input.model_validate(body.model_dump())


@pytest.mark.parametrize("action", Action)
async def test_every_action_has_a_route_that_refuses_unknown_fields(
    agent: Caller, action: Action
) -> None:
    path = action.replace("_", "-")
    response = await agent.act("0000-0000-000Z", path, **example_of(action), surprise=1)
    assert "surprise" in fields(problem(response, 422, "invalid-request"))


@pytest.mark.parametrize("action", Action)
async def test_every_action_accepts_its_example(agent: Caller, action: Action) -> None:
    path = action.replace("_", "-")
    response = await agent.act("0000-0000-000Z", path, **example_of(action))
    problem(response, 404, "ticket-unknown")


async def test_body_is_optional_without_required_fields(agent: Caller, service: Caller) -> None:
    number = await service.opened()
    response = await agent.http.post(f"/tickets/{number}/acknowledge")
    assert response.status_code == 200
    refused = problem(await agent.http.post(f"/tickets/{number}/resolve"), 422, "invalid-request")
    assert "body" in fields(refused)


async def test_response_has_due_times_in_the_zone_of_the_ticket(
    agent: Caller, service: Caller
) -> None:
    answer = (await agent.act(await service.opened(), "acknowledge")).json()
    assert answer["zone"] == "America/New_York"
    [clock] = answer["clocks"]
    due, local = (datetime.fromisoformat(clock[name]) for name in ("due_at", "due_local"))
    assert due == local
    assert clock["due_local"][-6:] in ("-05:00", "-04:00")


async def test_same_key_is_one_action_with_the_same_response(
    agent: Caller, service: Caller
) -> None:
    number = await service.opened()
    first, again = [await agent.act(number, "respond", key="reply-1", **RESPONSE) for _ in range(2)]
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert first.json()["action_id"] == "reply-1"
    timeline = (await agent.get(f"/tickets/{number}/timeline")).json()["events"]
    assert [event["type"] for event in timeline].count("responded") == 1


@pytest.mark.fault(62)
@pytest.mark.parametrize("key", ["open", "x" * 128])
async def test_any_key_can_be_used_for_an_action(agent: Caller, service: Caller, key: str) -> None:
    number = await service.opened()
    assert (await agent.act(number, "acknowledge", key=key)).status_code == 200
    assert (await agent.act(number, "acknowledge", key=key)).status_code == 200
    answered = await agent.act(number, "respond", key=key, **RESPONSE)
    problem(answered, 422, "idempotency-key-reused")


@pytest.mark.fault(62)
async def test_two_callers_may_use_the_same_key_on_one_ticket(call: Call) -> None:
    number = await call("service").opened()
    assert (await call("agent").act(number, "add-note", key="1", note="a")).status_code == 200
    note = await call("engineering").act(number, "add-note", key="1", note="b")
    assert note.status_code == 200, note.text
    assert note.json()["action_id"] == "1"


async def test_same_key_at_the_same_time_is_one_action(agent: Caller, service: Caller) -> None:
    number = await service.opened()
    sent = (agent.act(number, "respond", key="reply-1", **RESPONSE) for _ in range(5))
    responses = await asyncio.gather(*sent)
    assert {response.status_code for response in responses} == {200}


async def test_same_key_with_other_content_is_refused(agent: Caller, service: Caller) -> None:
    number = await service.opened()
    await agent.act(number, "respond", key="reply-1", **RESPONSE)
    response = await agent.act(number, "respond", key="reply-1", **RESPONSE | {"message": "No."})
    refused = problem(response, 422, "idempotency-key-reused")
    assert refused["detail"] == "the id reply-1 was already used here for another action"


async def test_action_without_a_key_gets_an_id(agent: Caller, service: Caller) -> None:
    number = await service.opened()
    answer = (await agent.act(number, "acknowledge")).json()
    timeline = (await agent.get(f"/tickets/{number}/timeline")).json()["events"]
    assert timeline[-1]["action_id"] == answer["action_id"]


@pytest.mark.parametrize("key", ["two words", "x" * 129, "caf\xe9"])
async def test_invalid_key_is_refused(agent: Caller, key: str) -> None:
    headers = [(b"Idempotency-Key", key.encode("latin-1"))]
    path = "/tickets/0000-0000-000Z/acknowledge"
    response = await agent.http.post(path, json={}, headers=headers)
    assert "Idempotency-Key" in fields(problem(response, 422, "invalid-request"))


async def test_action_in_the_wrong_stage_lists_the_allowed_actions(
    agent: Caller, service: Caller
) -> None:
    number = await service.opened()
    response = await agent.act(number, "conclude-triage", resolved=True, conclusion="Done")
    refused = problem(response, 409, "wrong-stage")
    assert refused["stage"] == "received"
    assert "respond" in refused["allowed_actions"]
    assert refused["clause"] == "escalation-update"
    assert refused["instance"] == f"/tickets/{number}/conclude-triage"


async def test_action_of_another_role_is_refused(call: Call) -> None:
    number = await call("service").opened()
    refused = problem(await call("requester").act(number, "respond", **RESPONSE), 403, "wrong-role")
    assert refused["allowed_actions"] == ["provide_information", "withdraw"]
    assert "agent" in refused["detail"]


@pytest.mark.clause("contently/first-response-content")
async def test_response_without_an_outcome_lists_the_outcomes(
    agent: Caller, service: Caller
) -> None:
    number = await service.opened()
    response = await agent.act(number, "respond", message="Hello.", outcomes=[])
    refused = problem(response, 422, "invalid-content")
    assert "resolution, information_request, escalation" in refused["detail"]
    assert refused["clause"] == "first-response-content"


async def test_unmet_condition_is_a_conflict(agent: Caller, service: Caller) -> None:
    number = await service.opened()
    problem(await agent.act(number, "close"), 409, "condition-unmet")


async def test_closed_ticket_accepts_no_action(
    agent: Caller, service: Caller, mailer: RecordingMailer
) -> None:
    number = await service.opened()
    await service.act(number, "withdraw")
    refused = await agent.act(number, "respond", **RESPONSE)
    assert refused.status_code == 409
    document = refused.json()
    assert document["type"] in ("/problems/ticket-closed", "/problems/wrong-stage")
    assert (document["stage"], document["allowed_actions"]) == ("closed", [])


@pytest.mark.parametrize(
    ("action", "input", "field"),
    [
        ("respond", RESPONSE | {"outcomes": ["apology"]}, "outcomes.0"),
        ("respond", RESPONSE | {"message": "x" * 20_001}, "message"),
        ("respond", {"outcomes": ["resolution"]}, "message"),
        ("conclude-triage", {"resolved": "yes", "conclusion": "x"}, "resolved"),
        ("share-forecast", {"begins_by": 5}, "begins_by"),
        ("share-forecast", {"begins_by": "2027-02-30"}, "begins_by"),
        ("schedule-release", {"release": "1\r\nBcc: x"}, "release"),
        ("assign", {"assignee": {"id": "a", "name": "A", "email": "a@b.example"}}, "assignee"),
        ("assign", {"assignee": 7}, "assignee"),
        ("merge", {"into": "the other one"}, "into"),
        ("close", {"closed_as": "bored"}, "closed_as"),
    ],
)
async def test_invalid_content_is_named(
    agent: Caller, action: str, input: dict[str, Any], field: str
) -> None:
    refused = problem(await agent.act("0000-0000-000Z", action, **input), 422, "invalid-request")
    assert field in fields(refused)


async def test_unknown_action_is_a_404(agent: Caller) -> None:
    problem(await agent.act("0000-0000-000Z", "explode"), 404, "not-found")


@pytest.mark.fault(14)
@pytest.mark.parametrize("who", ["service", "agent", "harbour"])
async def test_wrong_facts_of_an_action_are_named_with_the_right_values(
    call: Call, service: Caller, who: str
) -> None:
    number = await service.opened()
    before = (await service.get(f"/tickets/{number}/timeline")).json()
    stated = {"cause": "third-party", "colour": "red", "active_publication": "yes"}
    response = await call(who).act(number, "provide-information", message="Here.", facts=stated)
    refused = problem(response, 422, "invalid-content")
    assert list(fields(refused)) == [f"facts.{name}" for name in stated]
    assert "(third_party)" in fields(refused)["facts.cause"]
    assert "active_publication, cause" in fields(refused)["facts.colour"]
    assert "true or false" in fields(refused)["facts.active_publication"]
    assert "provide_information" in refused["allowed_actions"]
    assert (await service.get(f"/tickets/{number}/timeline")).json() == before
