"""To a caller of several accounts these exist, and no others."""

import pytest
from fastapi import FastAPI
from temporalio.testing import WorkflowEnvironment

from api.identity.caller import Caller as Identity
from policies.vocabulary import Role
from tests.api.caller import OTHER_ACCOUNT, Caller, fields, make_app, problem
from tests.api.identity.given_callers import GivenCallers
from tests.harness import HARBOUR
from workflows.shared.action_request import Actor

pytestmark = pytest.mark.fault(60)
BOTH = frozenset({HARBOUR.account, OTHER_ACCOUNT})
THIRD = "quick-house"
GIVEN = {
    "all": Identity(Actor(id="ada", role=Role.AGENT)),
    "both": Identity(Actor(id="sam", role=Role.AGENT), accounts=BOTH),
    "none": Identity(Actor(id="sam", role=Role.AGENT), accounts=frozenset({"nowhere"})),
}


@pytest.fixture
def app(desk: WorkflowEnvironment) -> FastAPI:
    return make_app(desk.client, identity=GivenCallers(GIVEN))


async def test_it_reads_and_acts_on_the_tickets_of_these_accounts(app: FastAPI) -> None:
    both = Caller(app, "both")
    for account in BOTH:
        number = await Caller(app, "all").opened(account=account)
        assert (await both.get(f"/tickets/{number}")).status_code == 200
        assert (await both.act(number, "add-note", note="x")).status_code == 200


async def test_a_ticket_of_another_account_is_unknown_to_it(app: FastAPI) -> None:
    both = Caller(app, "both")
    number = await Caller(app, "all").opened(account=THIRD)
    own = await both.opened(account=HARBOUR.account)
    for path in (f"/tickets/{number}", f"/tickets/{number}/timeline"):
        problem(await both.get(path), 404, "ticket-unknown")
    problem(await both.act(number, "add-note", note="x"), 404, "ticket-unknown")
    problem(await both.act(own, "merge", into=number), 422, "invalid-content")
    problem(await both.open(account=THIRD), 422, "unknown-account")
    problem(await both.get(f"/accounts/{THIRD}"), 404, "account-unknown")


async def test_lists_have_its_accounts_only(app: FastAPI) -> None:
    for account in (*BOTH, THIRD):
        await Caller(app, "all").opened(account=account)
    listed = (await Caller(app, "both").get("/tickets", limit=100)).json()["tickets"]
    assert {each["account"] for each in listed} <= BOTH
    refused = await Caller(app, "both").get("/tickets", account=THIRD)
    assert "account" in fields(problem(refused, 422, "invalid-request"))
    assert (await Caller(app, "none").get("/tickets")).json()["tickets"] == []


async def test_it_chooses_from_its_accounts_and_their_policies(app: FastAPI) -> None:
    both = Caller(app, "both")
    me = (await both.get("/me")).json()
    assert me["accounts"] == sorted(BOTH)
    assert "account" not in me
    page = (await both.get("/accounts", limit=1)).json()
    rest = (await both.get("/accounts", cursor=page["next_cursor"])).json()
    found = [each["account"] for each in page["accounts"] + rest["accounts"]]
    assert found == sorted(BOTH)
    assert [each["policy"] for each in (await both.get("/policies")).json()] == ["contently"]
    assert (await Caller(app, "none").get("/policies")).json() == []


async def test_the_same_key_of_another_set_of_accounts_is_another_request(app: FastAPI) -> None:
    one = await Caller(app, "both").open("same-key")
    other = await Caller(app, "all").open("same-key")
    assert one.json()["number"] != other.json()["number"]
