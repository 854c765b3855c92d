"""Every body of the OpenAPI document has an example, and every example is taken."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from temporalio.testing import WorkflowEnvironment

from api.tickets.action_routes import body_model_of
from policies.accounts.account_terms import AccountTerms, ReviewTerms
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle
from policies.terms.settlement_request import Settlement, SettlementRequest
from policies.vocabulary import Action, Role
from tests.api.accounts.test_routes import HOUR, NOW, app_with, earned, full_terms
from tests.api.caller import OTHER_ACCOUNT, Caller
from tests.docs.reference_policy import reference_contract, reference_policy
from tests.harness import new_york, opening
from tests.workflows.ticket.actions.test_lifecycle import DRIVERS
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.action_request import Actor
from workflows.shared.refusals import Refusal
from workflows.ticket.actions.table import ACTIONS

pytestmark = pytest.mark.fault(90)
LOOKING = ["escalation"]
HOME = f"/accounts/{OTHER_ACCOUNT}"


def bodies(app: FastAPI) -> dict[str, Any]:
    """The example of the body of each operation that has one."""
    operations = [o for path in app.openapi()["paths"].values() for o in path.values()]
    return {
        operation["operationId"]: operation["requestBody"]["content"]["application/json"]["example"]
        for operation in operations
        if "requestBody" in operation
    }


def of_reference(policy: SupportPolicy, priority: str) -> TicketDriver:
    """A ticket of a policy that uses the whole format."""
    received = datetime(2027, 3, 4, 10, tzinfo=UTC)
    mia = Requester(name="Mia", email="mia@harbour.example")
    facts = TicketFacts(requester=mia, channel="email", kind="issue", priority=priority)
    terms = settle(policy, reference_contract(), facts, received)
    opened = opening(new_york("2027-01-06 14:00"))
    return TicketDriver(opened=opened.model_copy(update={"terms": terms, "received_at": received}))


def drivers() -> Iterator[TicketDriver]:
    """Tickets in every stage, and of every part of a process."""
    policy = reference_policy()
    for priority in ("normal", "urgent"):
        yield of_reference(policy, priority)
        answered = of_reference(policy, priority).act(
            Action.ASSIGN, **ACTIONS[Action.ASSIGN].example
        )
        answered.act(Action.RESPOND, message="We look.", outcomes=LOOKING)
        yield answered
        yield answered.carried().act(Action.PROVIDE_WORKAROUND, message="Try the app.")
    unsettled = opening(new_york("2027-01-06 14:00"))
    request = SettlementRequest(account="a", ticket={}, received_at=unsettled.received_at)
    terms = unsettled.terms.model_copy(update={"is_settled": False})
    stuck = TicketDriver(opened=unsettled.model_copy(update={"terms": terms, "request": request}))
    stuck.ticket.settle(Settlement(terms=None, objections=("Unknown priority.",)), stuck.now)
    yield stuck
    for driver in DRIVERS.values():
        yield driver().deliver_all()


@pytest.fixture(scope="module")
def tickets() -> list[TicketDriver]:
    return list(drivers())


def is_taken(driver: TicketDriver, action: Action, role: Role, body: dict[str, Any]) -> bool:
    if role is Role.SYSTEM:
        return False
    try:
        driver.act(action, Actor(id="someone", role=role), **body)
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("action", [a for a in Action if a is not Action.CHANGE_REVISION])
def test_the_example_of_an_action_is_taken_in_some_stage(
    app: FastAPI, tickets: list[TicketDriver], action: Action
) -> None:
    example = bodies(app)[action]
    body = body_model_of(action).model_validate(example).model_dump(exclude_unset=True)
    if action is Action.ASSIGN:
        # The API looks the id up; tests/api/tickets/test_assignment.py sends it.
        assert body == {"assignee": ACTIONS[action].example["assignee"]["id"]}
        body = dict(ACTIONS[action].example)
    roles = ACTIONS[action].by
    assert any(is_taken(each.carried(), action, role, body) for each in tickets for role in roles)


async def test_the_example_of_an_opening_is_accepted(app: FastAPI, service: Caller) -> None:
    opened = await service.post("/tickets", **bodies(app)["open_ticket"])
    assert opened.status_code == 201, opened.text


def reviewed_terms(policy: SupportPolicy, contract: Contract, year: int) -> AccountTerms:
    """Terms of an account that promise everything, and have claims reviewed."""
    review = ReviewTerms(by=(Role.OPERATOR,), clause="claims")
    return full_terms(policy, contract, year).model_copy(update={"claim_review": review})


async def test_the_example_of_every_action_on_an_account_is_taken(
    desk: WorkflowEnvironment,
) -> None:
    app = app_with(desk, reviewed_terms)
    operator, requester = Caller(app, "operator-token"), Caller(app, "salt-token")
    examples = bodies(app)
    credit = await earned(desk, "0000-0000-9999", OTHER_ACCOUNT)
    claims = examples["claim_credits"] | {"credits": [credit]}
    sent = [
        (operator, "terms", examples["adopt_terms"]),
        (operator, "outages", examples["record_outage"] | {"starts_at": NOW - 3 * HOUR}),
        (operator, "outages/{id}/end", examples["end_outage"] | {"ends_at": NOW - HOUR}),
        (
            operator,
            "outages/{id}/correct",
            examples["correct_outage"] | {"starts_at": NOW - 2 * HOUR, "ends_at": NOW - HOUR},
        ),
        (requester, "enablement", examples["book_session"]),
        (requester, "enablement/{id}/cancel", examples["cancel_session"]),
        (requester, "claims", claims),
        (operator, "claims/{id}/accept", examples["accept_claim"]),
        (operator, "claims/{id}/refuse", examples["refuse_claim"]),
    ]
    entry = ""
    for caller, path, body in sent:
        times = {n: v.isoformat() for n, v in body.items() if isinstance(v, datetime)}
        response = await caller.post(f"{HOME}/{path.format(id=entry)}", **body | times)
        assert response.is_success, f"{path}: {response.text}"
        # Of a session, the response has the year as well.
        entry = response.json().get("session", response.json()).get("id", "")
    posts = [
        operation["operationId"]
        for path, methods in app.openapi()["paths"].items()
        for operation in methods.values()
        if path.startswith("/accounts/") and "requestBody" in operation
    ]
    assert len(posts) == len(sent)
