from datetime import datetime
from typing import Any

import pytest

from tests.api.caller import WITH_OVERRIDE, Call, Caller, fields, problem
from tests.harness import new_york
from tests.server_fixtures import Begin

MALFORMED = ["x", "0000", "0000-0000-000z", "0000-0000-0000-0000", "%00", "..%2f..", "é", "' OR 1"]


async def test_ticket_has_all_fields(agent: Caller, service: Caller) -> None:
    number = await service.opened()
    who = {"id": "ada", "name": "Ada Agent", "email": "ada@desk.example"}
    assert (await agent.act(number, "assign", assignee=who["id"])).status_code == 200
    shown = (await agent.get(f"/tickets/{number}")).json()
    assert shown["assignee"] == who
    assert (shown["policy"], shown["account"]) == ("contently", "harbour-media")
    assert shown["requester"]["name"] == "Mia Harbour"
    assert [notice["template"] for notice in shown["notices"]] == ["opened", "assigned"]
    [clock] = shown["clocks"]
    due, local = map(datetime.fromisoformat, (clock["due_at"], clock["due_local"]))
    assert due == local


@pytest.mark.fault(88)
async def test_a_ticket_is_read_whole_and_by_role(call: Call, agent: Caller) -> None:
    number = await call("harbour").opened(facts={"cause": "platform"})
    who = {"id": "CORP.ada", "name": "Ada Agent", "email": "ada@desk.example"}
    assigned = (await agent.act(number, "assign", assignee=who["id"])).json()
    assert (assigned["assignee"], assigned["version"]) == (who, 2)
    ask: dict[str, Any] = {"message": "Please tell us more.", "questions": ["Which browser?"]}
    taken = (
        await agent.act(number, "respond", **ask, outcomes=["escalation", "information_request"])
    ).json()
    assert [message["text"] for message in taken["conversation"]] == [ask["message"]]
    assert [question["question"] for question in taken["questions"]] == ask["questions"]
    assert taken["next_step"]["step"] == "remind_of_idleness"
    await agent.act(number, "add-note", note="Their proxy?")
    whole = (await agent.get(f"/tickets/{number}")).json()
    public = (await call("harbour").get(f"/tickets/{number}")).json()
    for shown in (whole, public):
        assert shown["description"] == "Since this morning the editor opens without any text."
        assert shown["requester"]["email"] == "mia@harbour.example"
        assert (shown["channel"], shown["facts"]) == ("email", {"cause": "platform"})
        assert [m["side"] for m in shown["conversation"]] == ["requester", "support"]
        assert [q["question"] for q in shown["questions"]] == ["Which browser?"]
        assert shown["assignee"]["name"] == "Ada Agent"
    assert [note["text"] for note in whole["notes"]] == ["Their proxy?"]
    assert public["notes"] == []
    assert public["assignee"] == {"name": "Ada Agent"}
    assert {notice["audience"] for notice in public["notices"]} == {"requester"}
    assert [clock["name"] for clock in public["clocks"]] == ["first_response", "triage"]


@pytest.mark.clause("prismic/contract-prevails")
async def test_overrides_of_the_contract_are_in_the_ticket(agent: Caller, service: Caller) -> None:
    number = await service.opened(account=WITH_OVERRIDE.account)
    shown = (await agent.get(f"/tickets/{number}")).json()
    override = {
        "path": "clocks.first_response.within",
        "policy": "2 business days",
        "contract": "1 business day",
        "clause": "first-response",
    }
    assert shown["overrides"] == [override]
    assert shown["clocks"][0]["target"] == "1 business day"
    timeline = (await agent.get(f"/tickets/{number}/timeline")).json()
    assert timeline["events"][0]["data"]["overrides"] == [override]


async def test_allowed_actions_are_those_of_the_caller(call: Call, begin: Begin) -> None:
    number = (await begin(new_york("2027-01-06 14:00"))).number
    allowed = {
        who: (await call(who).get(f"/tickets/{number}")).json()["allowed_actions"]
        for who in ("agent", "requester", "engineering", "operator")
    }
    assert "respond" in allowed["agent"]
    assert allowed["requester"] == ["provide_information", "withdraw"]
    assert allowed["engineering"] == ["add_note"]
    assert allowed["operator"] == ["assign", "reclassify", "change_revision"]


async def test_allowed_actions_follow_the_stage(call: Call, begin: Begin) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    agent = call("agent")
    await agent.act(life.number, "respond", message="We look.", outcomes=["escalation"])
    await agent.act(
        life.number,
        "conclude-triage",
        resolved=False,
        conclusion="A regression",
        undelivered="The test does not wait for mail.",
        not_run="The cause is clear.",
    )
    await life.until(new_york("2027-01-11 09:01"))
    shown = (await call("engineering").get(f"/tickets/{life.number}")).json()
    assert shown["stage"] == "engineering_review"
    assert shown["allowed_actions"] == ["add_note", "record_review"]


async def test_timeline_has_the_events_with_their_actors(agent: Caller, service: Caller) -> None:
    number = await service.opened()
    await agent.act(number, "acknowledge", key="ack-1")
    timeline = (await agent.get(f"/tickets/{number}/timeline")).json()
    assert timeline["number"] == number
    assert [event["type"] for event in timeline["events"]] == ["opened", "acknowledged"]
    last = timeline["events"][-1]
    ada = {"id": "ada", "role": "agent", "name": "Ada Agent", "credential": "token:ada"}
    assert last["by"] == ada
    assert last["action_id"] == "ack-1"


async def test_a_requester_reads_no_internal_notes(
    call: Call, agent: Caller, service: Caller
) -> None:
    number = await service.opened()
    await agent.act(number, "add-note", note="Their proxy again?")
    for who, types in (("agent", ["opened", "note_added"]), ("requester", ["opened"])):
        timeline = (await call(who).get(f"/tickets/{number}/timeline")).json()
        assert [event["type"] for event in timeline["events"]] == types


async def test_unknown_ticket_is_a_404(agent: Caller) -> None:
    for path in ("/tickets/ZZZZ-ZZZZ-ZZZZ", "/tickets/ZZZZ-ZZZZ-ZZZZ/timeline"):
        problem(await agent.get(path), 404, "ticket-unknown")
    problem(await agent.act("ZZZZ-ZZZZ-ZZZZ", "acknowledge"), 404, "ticket-unknown")


@pytest.mark.parametrize("number", MALFORMED)
async def test_malformed_number_is_a_404(agent: Caller, number: str) -> None:
    assert (await agent.get(f"/tickets/{number}")).status_code == 404
    assert (await agent.act(number, "acknowledge")).status_code == 404


async def test_unknown_parameters_are_refused(agent: Caller) -> None:
    response = await agent.get("/tickets/ZZZZ-ZZZZ-ZZZZ", verbose="yes")
    assert "verbose" in fields(problem(response, 422, "invalid-request"))


@pytest.mark.fault(86)
async def test_case_and_hyphens_of_a_number_do_not_matter(service: Caller, agent: Caller) -> None:
    number = await service.opened()
    for typed in (number.lower(), number.replace("-", ""), number.lower().replace("-", "", 1)):
        assert (await agent.get(f"/tickets/{typed}")).json()["number"] == number
    assert (await agent.act(number.lower(), "acknowledge")).json()["number"] == number
