"""Callers of the API in tests: requests through the whole app, without a server."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from temporalio.client import Client

from activities.ports import AccountDirectory, ContractUnavailable, UnknownAccount
from api.app import create_app
from api.gate.request_limits import DEFAULT_LIMITS, Limits
from api.identity.agents import Agent
from api.identity.authenticator import Authenticator
from api.identity.caller import Scope
from api.identity.static_tokens import StaticTokens, TokenActor
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contract
from policies.vocabulary import Role
from tests.harness import ACTORS, HARBOUR, REQUESTER, SERVICE
from workflows.client.tickets import TicketClient
from workflows.ticket.model.fields import is_findable

BROKEN = "broken-house"
OTHER_ACCOUNT = "salt-press"
SALT = HARBOUR.model_copy(update={"account": OTHER_ACCOUNT, "name": "Salt Press"})
WITH_OVERRIDE = HARBOUR.model_copy(
    update={
        "account": "quick-house",
        "overrides": {"clocks.first_response.within": "1 business day"},
    }
)
INVALID = HARBOUR.model_copy(update={"account": "unfit-house", "overrides": {"clocks.x.within": 1}})
CONTRACTS = (HARBOUR, SALT, WITH_OVERRIDE, INVALID)
TOKENS = {
    f"{actor.role}-token": TokenActor(id=actor.id, role=actor.role, name=actor.name)
    for actor in (*ACTORS.values(), SERVICE)
    if actor.role is not Role.REQUESTER
} | {
    "requester-token": TokenActor(
        id=REQUESTER.id,
        role=Role.REQUESTER,
        name=REQUESTER.name,
        accounts=(*(contract.account for contract in CONTRACTS), BROKEN),
        scope=Scope.ACCOUNT,
    ),
    "harbour-token": TokenActor(
        id="mia", role=Role.REQUESTER, account=HARBOUR.account, scope=Scope.ACCOUNT
    ),
    "mia-token": TokenActor(
        id="mia", role=Role.REQUESTER, account=HARBOUR.account, email="Mia@harbour.example"
    ),
    "leo-token": TokenActor(
        id="leo", role=Role.REQUESTER, account=HARBOUR.account, email="leo@harbour.example"
    ),
    "salt-agent-token": TokenActor(id="sam", role=Role.AGENT, account=OTHER_ACCOUNT),
    "salt-token": TokenActor(
        id="sol", role=Role.REQUESTER, account=OTHER_ACCOUNT, scope=Scope.ACCOUNT
    ),
}
Result = TypeVar("Result")


class SampleContracts:
    """The contracts of some accounts, one of which cannot be read."""

    async def accounts(self, policies: Iterable[str]) -> tuple[str, ...]:
        """Every account."""
        del policies
        return tuple(sorted([BROKEN, *(each.account for each in CONTRACTS)]))

    async def find(self, account: str) -> Contract:
        """The contract of an account."""
        if account == BROKEN:
            raise ContractUnavailable("/secret/place/broken-house.yaml is not YAML")
        for contract in CONTRACTS:
            if contract.account == account:
                return contract
        raise UnknownAccount(f"There is no account {account!r}")


class Everybody:
    """A directory in which everybody is an agent: tests make up ids, to find their own tickets."""

    def find(self, id: str) -> Agent | None:
        """An agent with this id, if there can be one."""
        known = Agent(id=id, name="Ada Agent", email="ada@desk.example")
        return known if is_findable(id) else None

    def all(self) -> tuple[Agent, ...]:
        """One of them."""
        return (Agent(id="ada", name="Ada Agent", email="ada@desk.example"),)


def authenticator(tokens: Mapping[str, TokenActor] = TOKENS) -> StaticTokens:
    """Authenticates these tokens."""
    return StaticTokens({SecretStr(token): actor for token, actor in tokens.items()})


def make_app(
    client: Client,
    limits: Limits = DEFAULT_LIMITS,
    now: Callable[[], datetime] | None = None,
    tokens: Mapping[str, TokenActor] = TOKENS,
    contracts: AccountDirectory | None = None,
    catalog: PolicyCatalog | None = None,
    identity: Authenticator | None = None,
    **options: Any,
) -> FastAPI:
    """The app, with sample contracts, and tokens unless `identity` authenticates callers. Everybody
    can be assigned.
    """
    return create_app(
        tickets=TicketClient(client),
        client=client,
        catalog=catalog or PolicyCatalog.shipped(),
        contracts=contracts or SampleContracts(),
        authenticator=identity or authenticator(tokens),
        now=now or (lambda: datetime.now(UTC)),
        limits=limits,
        **({"agents": Everybody()} | options),
    )


class Caller:
    """A client with a token."""

    def __init__(self, app: FastAPI, token: str | None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # Unexpected errors become responses, as in production.
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(
            transport=transport, base_url="http://desk.example", headers=headers
        )

    async def get(self, path: str, **parameters: Any) -> httpx.Response:
        """Sends a GET request."""
        return await self.http.get(path, params=parameters or None)

    async def pages(self, **parameters: Any) -> AsyncIterator[list[dict[str, Any]]]:
        """The tickets of a list, page by page: tests share a server, so one page is not enough."""
        cursor: dict[str, str] = {}
        while True:
            response = await self.get("/tickets", **parameters, **cursor)
            assert response.status_code == 200, response.text
            page = response.json()
            yield page["tickets"]
            if "next_cursor" not in page:
                return
            cursor = {"cursor": page["next_cursor"]}

    async def find(self, number: str, **parameters: Any) -> dict[str, Any] | None:
        """A ticket as a list has it; None if it is on no page."""
        async for page in self.pages(**parameters, limit=100):
            for ticket in page:
                if ticket["number"] == number:
                    return ticket
        return None

    async def post(self, path: str, key: str | None = None, **body: Any) -> httpx.Response:
        """Sends a POST request."""
        headers = {"Idempotency-Key": key} if key else {}
        return await self.http.post(path, json=body, headers=headers)

    async def open(self, key: str | None = None, **changes: Any) -> httpx.Response:
        """Opens a ticket."""
        return await self.post("/tickets", key, **request(**changes))

    async def opened(self, **changes: Any) -> str:
        """Opens a ticket and returns its number."""
        response = await self.open(**changes)
        assert response.status_code == 201, response.text
        number: str = response.json()["number"]
        return number

    async def act(
        self, number: str, action: str, key: str | None = None, **body: Any
    ) -> httpx.Response:
        """Takes an action."""
        return await self.post(f"/tickets/{number}/{action}", key, **body)


Call = Callable[[str], Caller]


def request(**changes: Any) -> dict[str, Any]:
    """A valid request body, with changes; None removes a field."""
    body = {
        "account": HARBOUR.account,
        "requester": {"name": "Mia Harbour", "email": "mia@harbour.example"},
        "subject": "The editor stays blank",
        "description": "Since this morning the editor opens without any text.",
        "channel": "email",
    } | changes
    return {name: value for name, value in body.items() if value is not None}


def problem(response: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem document of a response, which must be of this type."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["type"] == f"/problems/{slug}", document
    assert document["status"] == status
    return document


def fields(document: dict[str, Any]) -> dict[str, str]:
    """The errors of a problem, by field."""
    return {error["field"]: error["message"] for error in document["errors"]}
