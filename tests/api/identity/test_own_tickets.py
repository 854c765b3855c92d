"""A requester with the scope `own` is bound to its address (fault 56): no other ticket exists."""

import pytest

from policies.vocabulary import Action
from tests.api.caller import Call, Caller, fields, problem
from tests.polling import eventually

LEO = {"name": "Leo Harbour", "email": "leo@harbour.example"}


@pytest.fixture
async def of_leo(call: Call) -> str:
    """A ticket of another requester of the account."""
    return await call("service").opened(requester=LEO)


@pytest.mark.fault(56)
async def test_a_requester_reads_its_own_tickets_whatever_the_case_of_its_address(
    call: Call,
) -> None:
    number = await call("service").opened()
    assert (await call("mia").get(f"/tickets/{number}")).status_code == 200
    assert (await call("mia").get(f"/tickets/{number}/timeline")).status_code == 200
    assert (await call("mia").get(f"/tickets/{number}/revisions")).status_code == 200


@pytest.mark.fault(55)
@pytest.mark.parametrize("path", ["", "/timeline", "/revisions"])
async def test_a_ticket_of_another_requester_of_the_account_does_not_exist(
    call: Call, of_leo: str, path: str
) -> None:
    problem(await call("mia").get(f"/tickets/{of_leo}{path}"), 404, "ticket-unknown")


@pytest.mark.fault(56)
@pytest.mark.parametrize("action", [action.replace("_", "-") for action in Action])
async def test_no_action_reaches_the_ticket_of_another_requester(
    call: Call, of_leo: str, action: str
) -> None:
    body = {"message": "m", "reason": "r", "into": of_leo, "revision": "2026-01-01"}
    response = await call("mia").act(of_leo, action, **body)
    assert response.status_code in (404, 422), response.text
    version = (await call("agent").get(f"/tickets/{of_leo}")).json()["version"]
    assert version == (await call("leo").get(f"/tickets/{of_leo}")).json()["version"]
    assert (await call("agent").get(f"/tickets/{of_leo}")).json()["stage"] != "closed"


@pytest.mark.fault(56)
async def test_a_requester_merges_into_none_but_its_own_tickets(call: Call, of_leo: str) -> None:
    own = await call("mia").opened()
    refused = await call("mia").act(own, "merge", into=of_leo)
    assert refused.status_code in (403, 422), refused.text
    assert "merged_into" not in (await call("agent").get(f"/tickets/{own}")).json()


@pytest.mark.fault(56)
async def test_a_requester_opens_for_itself_only(call: Call) -> None:
    refused = problem(await call("mia").open(requester=LEO), 422, "invalid-request")
    assert "not your address" in fields(refused)["requester.email"]
    assert (await call("mia").open()).status_code == 201


async def numbers(caller: Caller) -> set[str]:
    listed = (await caller.get("/tickets", limit=100)).json()["tickets"]
    return {ticket["number"] for ticket in listed}


async def test_lists_have_the_own_tickets_only(call: Call, of_leo: str) -> None:
    of_mia = await call("service").opened()
    await eventually(lambda: numbers(call("mia")), lambda found: of_mia in found)
    of_both = await eventually(lambda: numbers(call("harbour")), lambda f: {of_mia, of_leo} <= f)
    assert of_leo in of_both
    assert of_leo not in await numbers(call("mia"))


async def test_the_account_is_for_account_wide_people(call: Call) -> None:
    problem(await call("mia").get("/accounts/harbour-media"), 404, "account-unknown")
    assert (await call("harbour").get("/accounts/harbour-media")).status_code == 200


async def test_me_has_the_address_and_the_scope(call: Call) -> None:
    me = (await call("mia").get("/me")).json()
    assert (me["email"], me["scope"]) == ("Mia@harbour.example", "own")
    assert me["accounts"] == ["harbour-media"]
