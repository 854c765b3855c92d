"""Every route, by every caller: the requester, another requester of the account, an account-wide
person, a service, and staff, each also of another account (fault 55).

Routes come from the app, fields from the table. The ticket has a marker in every internal text.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, get_args

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from api.identity.agents import Agent, ListedAgents
from api.identity.caller import Scope
from api.identity.static_tokens import TokenActor
from policies.vocabulary import Role
from tests.api.accounts.test_routes import full_terms
from tests.api.caller import Caller, make_app
from tests.harness import HARBOUR
from tests.polling import eventually
from workflows.shared.visibility.account_parts import ACCOUNT_PARTS
from workflows.shared.visibility.sight import Parts, Sight, sees_internal
from workflows.shared.visibility.ticket_parts import TICKET_PARTS
from workflows.temporal.connection import ticket_workflow_id

pytestmark = pytest.mark.fault(55)
SECRET = "SECRET"
PAGES = ("/docs", "/openapi.json")
OURS, OTHERS = "tide-house", "salt-house"
ADA = Agent(id=f"{SECRET}.ada", name="Ada", email=f"{SECRET}.ada@desk.example")
MIA, LEO = "mia@harbour.example", "leo@harbour.example"


class Who(NamedTuple):
    """A caller, and what exists for it."""

    actor: TokenActor
    sees_ticket: bool = True
    sees_account: bool = True


def staff(role: Role, account: str | None = None) -> TokenActor:
    return TokenActor(id=f"{SECRET}.{role}", role=role, name=str(role).title(), account=account)


def requester(account: str, email: str | None) -> TokenActor:
    scope = Scope.ACCOUNT if email is None else Scope.OWN
    id = f"{account}.{email or 'all'}"
    return TokenActor(id=id, role=Role.REQUESTER, account=account, email=email, scope=scope)


WHO = {
    "own": Who(requester(OURS, MIA), sees_account=False),
    "other requester": Who(requester(OURS, LEO), sees_ticket=False, sees_account=False),
    "account-wide": Who(requester(OURS, None)),
    "other account": Who(requester(OTHERS, MIA), sees_ticket=False, sees_account=False),
    "other account-wide": Who(requester(OTHERS, None), sees_ticket=False, sees_account=False),
    "service": Who(TokenActor(id="widget", role=Role.SERVICE, account=OURS)),
    "other service": Who(
        TokenActor(id="widget", role=Role.SERVICE, account=OTHERS),
        sees_ticket=False,
        sees_account=False,
    ),
    "other agent": Who(staff(Role.AGENT, OTHERS), sees_ticket=False, sees_account=False),
    **{
        str(role): Who(staff(role))
        for role in Role
        if sees_internal(role) and role is not Role.SYSTEM
    },
}
PUBLIC = [name for name, who in WHO.items() if not sees_internal(who.actor.role)]
ACTING = [name for name in PUBLIC if not name.startswith("other ") or name == "other account"]
"""One stranger is enough."""
STAFF = [name for name, who in WHO.items() if name not in PUBLIC and who.sees_ticket]

OF_TICKETS = {
    "TicketDocument": "TicketView",
    "ActionTaken": "Reply",
    "TicketOpened": "Reply",
    "RequesterDocument": "Recipient",
    "Clock": "ClockView",
    "AgreementDocument": "Agreement",
    "ConsentDocument": "Consent",
    "StepDocument": "StepView",
    "AssigneeDocument": "AssigneeView",
    "QuestionDocument": "QuestionView",
    "ChoiceDocument": "ChoiceView",
    "MessageDocument": "MessageView",
    "NoteDocument": "NoteView",
    "ActorDocument": "ActorView",
    "AuthorDocument": "ActorView",
    "ForecastDocument": "ForecastView",
    "OverriddenDocument": "OverrideView",
    "ContactDocument": "ContactView",
    "NoticeDocument": "NoticeView",
    "OverrideDocument": "OverrideTerms",
    "EventDocument": "EventView",
    "ListedTicket": "ListedTicket",
}
"""The models of responses about tickets, and what each is called in the table."""
RENAMED = {"owed_seconds": "owed", "due_local": "due_at"}
OWN_FIELDS = {"ActionTaken": {"action_id"}}
"""Fields that are not of the ticket, but of the request."""
ABOUT_NO_TICKET = {
    "AccountList", "AccountEntry", "AgentList", "AgentEntry", "Channel", "Choice", "Condition",
    "Fact", "Me", "Offer",
    "PolicyEntry", "Revisions", "RevisionDocument", "RevisionChange", "MovedClock",
    "VerdictDocument", "Timeline", "TicketPage", "Index", "Health", "ReadinessReport",
    "Explanation",
}  # fmt: skip
"""Models without parts of a ticket or an account of their own. Operators change revisions, and only
agents and operators read the list of agents.
"""


class Route(NamedTuple):
    """A route of the app."""

    path: str
    methods: frozenset[str]
    response_model: Any
    openapi_extra: dict[str, Any] | None


class Scene(NamedTuple):
    """A ticket and an account with internal texts, and the callers."""

    callers: dict[str, Caller]
    routes: list[Route]
    number: str

    def path(self, route: Route) -> str:
        values = {"number": self.number, "account": OURS, "policy": "contently"}
        return route.path.format(**values, entry="outage-1", slug="ticket-unknown")

    def routes_of(self, method: str) -> list[Route]:
        return [route for route in self.routes if method in route.methods]


async def scene_on(desk: WorkflowEnvironment) -> Scene:
    contracts = InMemoryContracts(
        [HARBOUR.model_copy(update={"account": account}) for account in (OURS, OTHERS)]
    )
    tokens = {name.replace(" ", "-"): who.actor for name, who in WHO.items()}
    app = make_app(
        desk.client,
        tokens=tokens,
        contracts=contracts,
        account_terms_of=full_terms,
        agents=ListedAgents([ADA]),
    )
    callers = {name: Caller(app, name.replace(" ", "-")) for name in WHO}
    own, agent, operator = callers["own"], callers["agent"], callers["operator"]
    number = await own.opened(account=OURS)
    for action, body in (
        ("assign", {"assignee": ADA.id}),
        ("add-note", {"note": f"{SECRET} note"}),
        ("respond", {"message": "We escalate.", "outcomes": ["escalation"]}),
        ("record-finding", {"step": f"{SECRET} step", "result": f"{SECRET} result"}),
        ("reclassify", {"priority": "high", "reason": f"{SECRET} reason", "message": "Urgent."}),
    ):
        done = await agent.act(number, action, f"{SECRET}-{action}", **body)
        assert done.status_code == 200, done.text
    hour = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    outage = {"starts_at": hour.isoformat(), "category": "service_failure"}
    home = f"/accounts/{OURS}"
    await operator.post(f"{home}/outages", **outage, description="Errors.")
    corrected = await operator.post(
        f"{home}/outages/outage-1/correct", **outage, reason=f"{SECRET} correction"
    )
    assert corrected.status_code == 200, corrected.text
    return Scene(callers, routes_of(app), number)


def routes_of(app: FastAPI) -> list[Route]:
    contexts = [each for each in iter_route_contexts(app.routes) if each.path not in PAGES]
    return [
        Route(
            context.path or "",
            frozenset(context.methods or ()),
            context.response_model,
            context.openapi_extra,
        )
        for context in contexts
    ]


def shown(model: Any, value: Any) -> Iterator[tuple[str, str, Any]]:
    """Model, field and value of everything in a response that has a value."""
    if isinstance(value, list):
        inner = [a for a in get_args(model) if a is not type(None)]
        for each in value:
            yield from shown(inner[0] if inner else model, each)
    elif isinstance(value, dict) and isinstance(model, type) and issubclass(model, BaseModel):
        for name, part in value.items():
            if part in (None, "", [], {}):
                continue
            yield model.__name__, name, part
            for inner in models_in(model.model_fields[name].annotation):
                yield from shown(inner, part)


def models_in(annotation: Any) -> list[Any]:
    if isinstance(annotation, type):
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [model for argument in get_args(annotation) for model in models_in(argument)]


def parts_of(model: str, is_account: bool) -> Parts | None:
    """The row of a model of a response; None for one without parts of tickets and accounts."""
    if is_account:
        return ACCOUNT_PARTS.get(model)
    return TICKET_PARTS[OF_TICKETS[model]] if model in OF_TICKETS else None


def wrong_parts(route: Route, body: Any) -> set[tuple[str, str]]:
    """The fields of a response that the requester's side must not get."""
    is_account = route.path.startswith("/accounts/{account}")
    found = set()
    for model, field, _ in shown(route.response_model, body):
        parts = parts_of(model, is_account)
        if parts is None:
            assert model in ABOUT_NO_TICKET, f"{model} is in no table"
            continue
        if field not in OWN_FIELDS.get(model, set()):
            sight = parts.get(RENAMED.get(field, field), Sight.INTERNAL)
            found |= {(model, field)} if sight is Sight.INTERNAL else set()
    return found


def exists_for(who: Who, route: Route) -> bool:
    if "{number}" in route.path:
        return who.sees_ticket
    return who.sees_account or "{account}" not in route.path


FOR_STAFF = {"/agents"}
"""Paths that requesters and services may not read, with whatever token."""


async def test_who_reads_what_on_every_route(desk: WorkflowEnvironment) -> None:
    scene = await scene_on(desk)
    markers: dict[str, set[str]] = {name: set() for name in WHO}
    for route in scene.routes_of("GET"):
        for name, who in WHO.items():
            response = await scene.callers[name].get(scene.path(route))
            where = f"GET {route.path} by {name}"
            if not exists_for(who, route):
                assert response.status_code == 404, where
            elif SECRET in response.text:
                markers[name].add(route.path)
            if name in PUBLIC:
                assert SECRET not in response.text, where
                refused = 403 if route.path in FOR_STAFF else 404
                assert response.status_code in (200, refused), where
            if name in PUBLIC and response.status_code == 200:
                assert wrong_parts(route, response.json()) == set(), where
    for name in STAFF:
        ticket = "/tickets/{number}"
        assert {ticket, f"{ticket}/timeline", "/accounts/{account}"} <= markers[name], name


async def test_no_action_tells_the_requesters_side_anything_internal(
    desk: WorkflowEnvironment,
) -> None:
    scene = await scene_on(desk)
    last = ("/tickets/{number}/withdraw",)
    statuses = set()
    for route in sorted(scene.routes_of("POST"), key=lambda route: route.path in last):
        content = (route.openapi_extra or {})["requestBody"]["content"]["application/json"]
        for name in ACTING:
            caller, path = scene.callers[name], scene.path(route)
            response = await caller.post(path, **content["example"])
            where = f"POST {route.path} by {name}: {response.text}"
            assert SECRET not in response.text, where
            statuses.add(response.status_code)
            if not exists_for(WHO[name], route):
                assert response.status_code in (404, 422), where
            if response.status_code < 300:
                assert wrong_parts(route, response.json()) == set(), where
    assert statuses >= {200, 201, 403, 404, 409}


async def test_a_repeated_request_to_an_ended_ticket_is_answered_like_the_first(
    desk: WorkflowEnvironment,
) -> None:
    scene = await scene_on(desk)
    own, agent = scene.callers["own"], scene.callers["agent"]
    first = (await own.open("again", account=OURS)).json()
    number = first["number"]
    assert (await agent.act(number, "assign", assignee=ADA.id)).status_code == 200
    withdrawn = await own.act(number, "withdraw", "bye", reason="Found it.")
    assert withdrawn.json()["stage"] == "closed"
    await eventually(lambda: has_ended(desk, number), bool)
    for again in (
        await own.open("again", account=OURS),
        await own.act(number, "withdraw", "bye", reason="Found it."),
    ):
        assert again.status_code < 300, again.text
        assert again.json().get("assignee") in (None, {"name": "Ada"})
        assert SECRET not in again.text


async def has_ended(desk: WorkflowEnvironment, number: str) -> bool:
    handle = desk.client.get_workflow_handle(ticket_workflow_id(number))
    return (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED
