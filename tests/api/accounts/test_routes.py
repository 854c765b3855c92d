"""Accounts through the API: who may do what, refusals, and repetition."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from api.app import create_app
from api.http.problem_types import ACCOUNT_PROBLEMS
from api.identity.static_tokens import TokenActor
from policies.accounts.account_terms import AccountTerms
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.vocabulary import Role
from tests.api.caller import TOKENS, Caller, SampleContracts, authenticator, fields, problem
from tests.policies.accounts.sample_accounts import (
    COLETTE,
    CONTENTSQUARE,
    PRISMIC,
    WITH_LETTERS,
    lateness,
)
from tests.workflows.account.account_driver import request_for
from workflows.account.model.action_inputs import AccountAction
from workflows.account.refusals import ACCOUNT_REFUSALS
from workflows.client.accounts import AccountClient
from workflows.client.tickets import TicketClient
from workflows.temporal.connection import account_workflow_id

HOME = "/accounts/harbour-media"
MANAGER_TOKEN = {
    "manager-token": TokenActor(id="max", role=Role.ACCOUNT_MANAGER, account="harbour-media")
}
NOW = datetime.now(UTC).replace(microsecond=0)
STARTS_ON = (NOW - timedelta(days=300)).date()
HOUR = timedelta(hours=1)
AccountTermsOf = Callable[[SupportPolicy, Contract, int], AccountTerms]


def full_terms(_policy: SupportPolicy, contract: Contract, _year: int) -> AccountTerms:
    """Terms with everything, from 300 days ago on."""
    return CONTENTSQUARE.model_copy(
        update={
            "account": contract.account,
            "account_name": contract.name,
            "starts_on": STARTS_ON,
            "enablement": PRISMIC.enablement,
            "contacts": WITH_LETTERS.contacts,
            "notices": WITH_LETTERS.notices,
        }
    )


def empty_terms(policy: SupportPolicy, contract: Contract, year: int) -> AccountTerms:
    """Terms without allowance or availability."""
    account = f"{contract.account}-poor"
    return full_terms(policy, contract, year).model_copy(
        update={"account": account, "enablement": None, "availability": None}
    )


def app_with(desk: WorkflowEnvironment, account_terms_of: AccountTermsOf) -> FastAPI:
    return create_app(
        tickets=TicketClient(desk.client),
        client=desk.client,
        catalog=PolicyCatalog.shipped(),
        contracts=SampleContracts(),
        authenticator=authenticator(TOKENS | MANAGER_TOKEN),
        now=lambda: datetime.now(UTC),
        account_terms_of=account_terms_of,
    )


@pytest.fixture(scope="module")
def app_with_terms(desk: WorkflowEnvironment) -> FastAPI:
    return app_with(desk, full_terms)


@pytest.fixture
def operator(app_with_terms: FastAPI) -> Caller:
    return Caller(app_with_terms, "operator-token")


@pytest.fixture
def requester(app_with_terms: FastAPI) -> Caller:
    return Caller(app_with_terms, "harbour-token")


def outage(**changes: Any) -> dict[str, Any]:
    body = {
        "starts_at": (NOW - HOUR).isoformat(),
        "ends_at": (NOW - HOUR / 2).isoformat(),
        "category": "service_failure",
        "description": "The interface answered with errors.",
    } | changes
    return {name: value for name, value in body.items() if value is not None}


def session(days: int = 10, hours: float = 1, **changes: Any) -> dict[str, Any]:
    day = (NOW + timedelta(days=days)).date().isoformat()
    return {"date": day, "hours": hours, "topic": "SEO", "requested_by": "Mia"} | changes


async def earned(desk: WorkflowEnvironment, ticket: str, account: str = "harbour-media") -> str:
    """Gives the account a credit for a late resolution; returns its id."""
    policy = PolicyCatalog.shipped().latest("contently")
    contract = await SampleContracts().find(account)
    late = lateness(NOW - 2 * HOUR, NOW, ticket=ticket)
    act = request_for(AccountAction.REPORT_LATENESS, f"late-{ticket}", lateness=late)
    accounts = AccountClient(desk.client)
    reply = await accounts.act(
        full_terms(policy, contract, NOW.year), AccountAction.REPORT_LATENESS, act
    )
    assert reply.entry is not None
    return reply.entry


async def test_the_credits_of_a_ticket_come_with_what_they_were_computed_from(
    desk: WorkflowEnvironment,
) -> None:
    accounts, number = AccountClient(desk.client), "CRED-0000-0001"
    entry = await earned(desk, number)
    [credits] = await accounts.credits_of_ticket("harbour-media", number, NOW)
    assert (credits.clock, credits.cycle, [each.id for each in credits.entries]) == (
        "resolution",
        1,
        [entry],
    )
    assert credits.earned == sum(each.credits for each in credits.entries) > 0
    assert credits.worth == credits.entries[0].granted
    assert credits.rule.clock == "resolution"
    assert await accounts.credits_of_ticket("harbour-media", "CRED-0000-0002", NOW) == []
    assert await accounts.credits_of_ticket("never-begun", number, NOW) == []


def test_every_refusal_of_an_account_has_a_problem_type_of_its_own() -> None:
    assert ACCOUNT_PROBLEMS.keys() == ACCOUNT_REFUSALS.keys()
    assert len(set(ACCOUNT_PROBLEMS.values())) == len(ACCOUNT_PROBLEMS)


async def test_an_account_without_events_can_be_read(app_with_terms: FastAPI) -> None:
    account = (await Caller(app_with_terms, "salt-token").get("/accounts/salt-press")).json()
    assert (account["account"], account["name"]) == ("salt-press", "Salt Press")
    assert account["running_month"]["percent"] == 100
    assert account["years"][0]["left"] == 8


@pytest.mark.parametrize(
    ("token", "path"),
    [
        ("salt-token", HOME),
        ("salt-token", f"{HOME}/credits"),
        ("agent-token", "/accounts/nobody"),
        ("agent-token", "/accounts/..%2f"),
        ("agent-token", "/accounts/%00"),
        ("agent-token", f"/accounts/{'x' * 150}"),
    ],
)
async def test_accounts_that_are_not_there_or_not_theirs_are_unknown(
    app_with_terms: FastAPI, token: str, path: str
) -> None:
    caller = Caller(app_with_terms, token)
    assert (await caller.get(path)).status_code == 404
    if "%2f" not in path:
        problem(await caller.get(path), 404, "account-unknown")


async def test_an_account_whose_contract_cannot_be_read_is_unavailable(
    operator: Caller,
) -> None:
    problem(await operator.get("/accounts/broken-house"), 503, "contract-unavailable")


@pytest.mark.clause("contentsquare/unavailability")
async def test_operators_record_end_and_correct_outages(operator: Caller) -> None:
    begun = await operator.post(f"{HOME}/outages", **outage(ends_at=None))
    assert begun.status_code == 201, begun.text
    assert begun.headers["location"] == f"{HOME}/outages"
    entry = begun.json()["id"]
    assert begun.json()["counts"] is True
    ended = await operator.post(f"{HOME}/outages/{entry}/end", ends_at=NOW.isoformat())
    assert datetime.fromisoformat(ended.json()["ends_at"]) == NOW
    again = await operator.post(f"{HOME}/outages/{entry}/end", ends_at=NOW.isoformat())
    problem(again, 409, "already-settled")
    put_right = outage(category="beyond_control", reason="A fibre was cut.")
    del put_right["description"]
    corrected = (await operator.post(f"{HOME}/outages/{entry}/correct", **put_right)).json()
    assert (corrected["counts"], corrected["because"]) == (False, "beyond_control does not count")
    listed = (await operator.get(f"{HOME}/outages")).json()
    assert corrected in listed
    problem(
        await operator.post(f"{HOME}/outages/outage-99/end", ends_at=NOW.isoformat()),
        404,
        "no-such-entry",
    )


@pytest.mark.clause("contentsquare/availability")
async def test_the_availability_of_the_running_month_is_provisional(operator: Caller) -> None:
    await operator.post(f"{HOME}/outages", **outage())
    availability = (await operator.get(f"{HOME}/availability")).json()
    assert availability["provisional"] is True
    assert "credits" not in availability
    month = availability["month"]
    assert (await operator.get(f"{HOME}/availability", month=month)).json()["month"] == month


async def test_months_that_are_none_are_told(operator: Caller) -> None:
    problem(await operator.get(f"{HOME}/availability", month="2199-01"), 404, "no-such-entry")
    wrong = await operator.get(f"{HOME}/availability", month="2027-13")
    assert "month" in fields(problem(wrong, 422, "invalid-request"))
    unknown = await operator.get(f"{HOME}/availability", moon="2027-03")
    assert "moon" in fields(problem(unknown, 422, "invalid-request"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_at": "2027-03-01T10:00:00"},
        {"starts_at": 1_700_000_000},
        {"starts_at": "0001-01-01T00:00:00Z"},
        {"category": "Bad Luck"},
        {"description": ""},
        {"because": "I say so"},
    ],
)
async def test_bodies_are_strict(operator: Caller, wrong: dict[str, Any]) -> None:
    refused = problem(
        await operator.post(f"{HOME}/outages", **outage(**wrong)), 422, "invalid-request"
    )
    assert fields(refused).keys() == wrong.keys()


async def test_a_category_the_policy_does_not_have_is_refused_with_those_it_has(
    operator: Caller,
) -> None:
    refused = await operator.post(f"{HOME}/outages", **outage(category="bad_luck"))
    document = problem(refused, 422, "invalid-content")
    assert "network_failure" in document["detail"]
    assert document["clause"] == "unavailability"


@pytest.mark.clause("prismic/enablement")
async def test_hours_are_booked_given_back_and_run_out(app_with_terms: FastAPI) -> None:
    caller = Caller(app_with_terms, "salt-token")
    home = "/accounts/salt-press/enablement"
    booked = await caller.post(home, **session(hours=7.75))
    assert booked.status_code == 201, booked.text
    assert booked.json()["year"]["left"] == 0.25
    refused = problem(await caller.post(home, **session(hours=0.5)), 409, "nothing-left")
    assert "0.25 left" in refused["detail"]
    assert refused["clause"] == "enablement"
    entry = booked.json()["session"]["id"]
    assert (await caller.post(f"{home}/{entry}/cancel")).json()["year"]["left"] == 8
    problem(await caller.post(f"{home}/{entry}/cancel"), 409, "already-settled")
    read = (await caller.get(home)).json()
    assert read["years"][0]["left"] == 8
    assert len(read["sessions"]) == 1


@pytest.mark.parametrize("hours", [0, 0.1, -1, 25, "many", True, None])
async def test_hours_are_quarters_of_an_hour(requester: Caller, hours: object) -> None:
    body = session() | {"hours": hours}
    refused = await requester.post(f"{HOME}/enablement", **body)
    assert fields(problem(refused, 422, "invalid-request")).keys() == {"hours"}


async def test_a_key_makes_a_repetition_safe(requester: Caller) -> None:
    url = f"{HOME}/enablement"
    one = await requester.post(url, "book-1", **session(hours=0.25))
    two = await requester.post(url, "book-1", **session(hours=0.25))
    assert one.json() == two.json()
    other = await requester.post(url, "book-1", **session(hours=0.5))
    problem(other, 422, "idempotency-key-reused")


@pytest.mark.clause("contentsquare/claims", "contentsquare/resolution-credit")
async def test_credits_are_claimed_in_writing(
    desk: WorkflowEnvironment, requester: Caller, operator: Caller
) -> None:
    credit = await earned(desk, "AAAA-BBBB-CCCC")
    listed = {c["id"]: c for c in (await requester.get(f"{HOME}/credits")).json()}
    shown = listed[credit]
    assert (shown["state"], shown["credits"], shown["days"]) == ("earned", 1, 1)
    assert shown["basis"]["ticket_number"] == "AAAA-BBBB-CCCC"
    assert shown["basis"]["clock"] == "resolution"
    unwritten = await requester.post(f"{HOME}/claims", credits=[credit], statement=" ")
    assert "statement" in fields(problem(unwritten, 422, "invalid-request"))
    statement = "Our ticket was late."
    filed = await requester.post(f"{HOME}/claims", credits=[credit], statement=statement)
    assert filed.status_code == 201, filed.text
    assert (filed.json()["days"], filed.json()["state"]) == (1, "accepted")
    claim = filed.json()["id"]
    refused = await operator.post(f"{HOME}/claims/{claim}/refuse", reason="It was not.")
    assert refused.json()["refused_because"] == "It was not."
    (found,) = [c for c in (await requester.get(f"{HOME}/claims")).json() if c["id"] == claim]
    assert (found["statement"], found["state"]) == (statement, "refused")
    whole = (await requester.get(HOME)).json()
    (named,) = [c for c in whole["credits"] if c["id"] == credit]
    assert (named["state"], named["claim"]) == ("refused", claim)
    assert claim in [c["id"] for c in whole["claims"]]
    assert whole["notices"] == []
    sent = (await operator.get(HOME)).json()["notices"]
    notices = {(n["template"], n["audience"], n["to"]) for n in sent}
    assert ("credit_earned", "customer", COLETTE.email) in notices
    assert ("claim_refused", "customer", COLETTE.email) in notices
    again = await requester.post(f"{HOME}/claims", credits=[credit], statement=statement)
    problem(again, 409, "already-settled")
    none = await requester.post(f"{HOME}/claims", credits=["month:1999-01"], statement=statement)
    problem(none, 404, "no-such-entry")


@pytest.mark.parametrize(
    ("token", "path", "body"),
    [
        ("harbour-token", "outages", outage()),
        ("manager-token", "outages", outage()),
        ("agent-token", "outages", outage()),
        ("agent-token", "enablement", session()),
        ("operator-token", "enablement", session()),
        ("agent-token", "claims", {"credits": ["x"], "statement": "Please."}),
        ("harbour-token", "claims/claim-1/refuse", {"reason": "No."}),
        ("harbour-token", "claims/claim-1/accept", {}),
        ("harbour-token", "terms", {}),
    ],
)
async def test_roles_are_kept_apart(
    app_with_terms: FastAPI, token: str, path: str, body: dict[str, Any]
) -> None:
    problem(await Caller(app_with_terms, token).post(f"{HOME}/{path}", **body), 403, "wrong-role")


@pytest.mark.fault(61)
async def test_an_action_of_a_wrong_role_starts_no_workflow(
    desk: WorkflowEnvironment, app_with_terms: FastAPI
) -> None:
    path = "/accounts/quick-house/outages"
    problem(await Caller(app_with_terms, "agent-token").post(path, **outage()), 403, "wrong-role")
    with pytest.raises(RPCError, match="not found"):
        await desk.client.get_workflow_handle(account_workflow_id("quick-house")).describe()


async def test_account_managers_book_and_claim(
    app_with_terms: FastAPI, desk: WorkflowEnvironment
) -> None:
    manager = Caller(app_with_terms, "manager-token")
    assert (await manager.post(f"{HOME}/enablement", **session(hours=0.25))).status_code == 201
    credit = await earned(desk, "DDDD-EEEE-FFFF")
    claimed = await manager.post(f"{HOME}/claims", credits=[credit], statement="For them.")
    assert claimed.status_code == 201


async def test_services_outside_the_agreement_are_refused(desk: WorkflowEnvironment) -> None:
    app = app_with(desk, empty_terms)
    operator, requester = Caller(app, "operator-token"), Caller(app, "harbour-token")
    problem(await operator.post(f"{HOME}/outages", **outage()), 409, "not-promised")
    problem(await requester.post(f"{HOME}/enablement", **session()), 409, "not-promised")
    problem(await operator.get(f"{HOME}/availability"), 404, "no-such-entry")
    assert (await requester.get(HOME)).json()["years"] == []


async def test_an_operator_can_adopt_new_terms(
    desk: WorkflowEnvironment, app_with_terms: FastAPI
) -> None:
    def settle_more(policy: SupportPolicy, contract: Contract, year: int) -> AccountTerms:
        # The offsets of the account's zone are pinned anew from this year on.
        assert year == datetime.now(UTC).year
        return full_terms(policy, contract, year).model_copy(update={"plan": "enterprise_premium"})

    await Caller(app_with_terms, "salt-token").post("/accounts/salt-press/enablement", **session())
    operator = Caller(app_with(desk, settle_more), "operator-token")
    assert "plan" not in (await operator.get("/accounts/salt-press")).json()
    adopted = (await operator.post("/accounts/salt-press/terms")).json()
    assert adopted["plan"] == "enterprise_premium"
    assert adopted["events"][-1]["type"] == "terms_adopted"
