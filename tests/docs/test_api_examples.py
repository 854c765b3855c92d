"""Each example request of the API document gets the response that is shown."""

import json
import re
from datetime import UTC, datetime, time
from typing import Any, NamedTuple

import httpx
from fastapi import FastAPI

from api.app import create_app
from api.identity.caller import Scope
from api.identity.static_tokens import TokenActor
from api.tickets.opening_body import OpenTicket
from commands.simulation.simulated_account import SimulatedAccount
from commands.simulation.simulated_desk import SimulatedDesk
from policies.accounts.account_settlement import account_terms
from policies.loading.loader import load_contract
from policies.loading.policy_catalog import PolicyCatalog
from policies.vocabulary import Role
from settings import ROOT
from tests.api.caller import authenticator
from tests.docs.comparison import contains
from tests.docs.pages import API
from tests.docs.reference_policy import reference_contract, reference_policy
from workflows.client.tickets import TicketClient

NUMBER = "7K2M-0QXW-9HTE"
BEGINS = datetime(2031, 4, 1, 9, tzinfo=UTC)
EVENING = time(21, tzinfo=UTC)
PEOPLE = {
    Role.AGENT: "Ada Agent",
    Role.OPERATOR: "Olga Operator",
    Role.REQUESTER: "Mia Harbour",
    Role.SERVICE: "In-platform widget",
}
TOKENS = {
    str(role): TokenActor(id=name.split()[0].lower(), role=role, name=name)
    for role, name in PEOPLE.items()
    if role is not Role.REQUESTER
} | {
    "requester": TokenActor(
        id="mia",
        role=Role.REQUESTER,
        name=PEOPLE[Role.REQUESTER],
        accounts=("harbour", "harbour-media"),
        scope=Scope.ACCOUNT,
    )
}
EXCHANGE = re.compile(
    r"`(GET|POST) (\S+)` as `(\w+)`(?: with the key `(\S+)`)?(?: on ([\d-]+))?:\n\n"
    r"(?:```json\n([^`]*)```\n\n)?"
    r"`(\d{3}) [\w ]+`:\n\n```json\n([^`]*)```"
)


class Exchange(NamedTuple):
    """A request of the document, and its response."""

    method: str
    path: str
    role: str
    key: str
    day: str
    body: str
    status: str
    response: str

    async def send(self, app: FastAPI, number: str) -> httpx.Response:
        """The response of the app; `number` takes the place of the number in the document."""
        headers = {"Authorization": f"Bearer {self.role}"}
        if self.key:
            headers["Idempotency-Key"] = self.key
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as http:
            return await http.request(
                self.method,
                self.path.replace(NUMBER, number),
                headers=headers,
                json=json.loads(self.body) if self.body else None,
            )


def exchanges() -> list[Exchange]:
    return [Exchange(*found) for found in EXCHANGE.findall(API.read_text())]


def test_every_example_of_a_response_has_its_request() -> None:
    assert len(exchanges()) == len(re.findall(r"^`\d{3} ", API.read_text(), re.MULTILINE))


def test_the_example_of_an_opening_has_every_field() -> None:
    opening = OpenTicket.model_validate_json(exchanges()[0].body)
    assert opening.model_fields_set == OpenTicket.model_fields.keys()


async def test_every_example_request_gets_the_response_that_is_shown() -> None:
    policy, contract = reference_policy(), reference_contract()
    catalog = PolicyCatalog([*PolicyCatalog.shipped(), policy])
    media = load_contract(ROOT / "examples" / "contracts" / "harbour-media.yaml")
    now, number = datetime.now(UTC), NUMBER
    async with SimulatedDesk.begin(contract, media, catalog=catalog) as desk:
        app = create_app(
            tickets=TicketClient(desk.env.client),
            client=desk.env.client,
            catalog=catalog,
            contracts=desk.directory,
            authenticator=authenticator(TOKENS),
            now=lambda: now,
        )
        account: SimulatedAccount | None = None
        for exchange in exchanges():
            if exchange.day:
                if account is None:
                    terms = account_terms(policy, contract, 2027)
                    account = await SimulatedAccount.begin(desk.env, terms, BEGINS)
                now = datetime.combine(datetime.fromisoformat(exchange.day), EVENING)
                await account.until(now)
            response = await exchange.send(app, number)
            found: Any = response.json()
            if exchange.path == "/tickets":
                number = found["number"]
            assert response.status_code == int(exchange.status), response.text
            shown = json.loads(exchange.response)
            assert contains(found, shown), response.text
            assert contains(shown, found), response.text
