"""Over HTTP a ticket is assigned to `me`, to a known agent, or to nobody."""

from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from api.identity.agents import Agent, ListedAgents
from api.identity.static_tokens import TokenActor
from policies.vocabulary import Role
from tests.api.caller import OTHER_ACCOUNT, Caller, fields, make_app, problem
from tests.harness import HARBOUR

ADA = Agent(id="ada", name="Ada Agent", email="ada@desk.example")
SAM = Agent(id="sam", name="Sam Salt", email="sam@salt.example", accounts=(OTHER_ACCOUNT,))
TOKENS = {
    "ada": TokenActor(id="ada", role=Role.AGENT, name="Ada", email="old@desk.example"),
    "bo": TokenActor(id="bo", role=Role.AGENT),
    "cy": TokenActor(id="cy", role=Role.AGENT, name="Cy", email="cy@desk.example"),
    "odd": TokenActor(id='a"b', role=Role.AGENT, email="odd@desk.example"),
    "olga": TokenActor(id="olga", role=Role.OPERATOR, email="olga@desk.example"),
    "sam": TokenActor(id="sam", role=Role.AGENT, account=OTHER_ACCOUNT),
    "pia": TokenActor(id="pia", role=Role.PRODUCT),
    "widget": TokenActor(id="widget", role=Role.SERVICE),
}


class Desk:
    """An app that knows Ada, and Sam of one account."""

    def __init__(self, env: WorkflowEnvironment) -> None:
        self.app = make_app(env.client, tokens=TOKENS, agents=ListedAgents([ADA, SAM]))

    def call(self, who: str) -> Caller:
        return Caller(self.app, who)

    async def assigned(self, who: str, number: str, **body: Any) -> dict[str, Any] | None:
        """The assignee after an accepted assignment."""
        response = await self.call(who).act(number, "assign", **body)
        assert response.status_code == 200, response.text
        ticket = (await self.call("olga").get(f"/tickets/{number}")).json()
        found: dict[str, Any] | None = ticket.get("assignee")
        return found

    async def refused(self, who: str, number: str, **body: Any) -> str:
        """Why an assignment is refused."""
        response = await self.call(who).act(number, "assign", **body)
        return fields(problem(response, 422, "invalid-content"))["assignee"]


@pytest.fixture
def staffed(desk: WorkflowEnvironment, mailer: object) -> Desk:
    del mailer
    return Desk(desk)


async def test_an_agent_is_assigned_by_id_with_the_name_and_address_of_the_directory(
    staffed: Desk,
) -> None:
    number = await staffed.call("widget").opened()
    assert await staffed.assigned("bo", number, assignee="ada") == ADA.model_dump(
        exclude={"accounts"}
    )


@pytest.mark.parametrize(
    ("who", "assignee"),
    [
        ("ada", {"id": "ada", "name": "Ada Agent", "email": "ada@desk.example"}),
        ("cy", {"id": "cy", "name": "Cy", "email": "cy@desk.example"}),
        ("olga", {"id": "olga", "name": "olga", "email": "olga@desk.example"}),
    ],
)
async def test_me_is_the_person_of_the_token_as_the_directory_has_it(
    staffed: Desk, who: str, assignee: dict[str, str]
) -> None:
    number = await staffed.call("widget").opened()
    assert await staffed.assigned(who, number, assignee="me") == assignee


@pytest.mark.parametrize("nobody", [{}, {"assignee": None}, {"assignee": "nobody"}])
async def test_nobody_is_assigned_in_three_spellings(staffed: Desk, nobody: dict[str, Any]) -> None:
    number = await staffed.call("widget").opened()
    await staffed.assigned("ada", number, assignee="me")
    assert await staffed.assigned("ada", number, **nobody) is None


async def test_an_unknown_id_is_refused_with_those_there_are(staffed: Desk) -> None:
    number = await staffed.call("widget").opened()
    wrong = await staffed.refused("bo", number, assignee="adda")
    assert wrong == 'is unknown; did you mean "ada"? allowed: me, nobody, ada, sam'


async def test_me_without_an_address_is_refused_with_what_to_do(staffed: Desk) -> None:
    number = await staffed.call("widget").opened()
    assert "DESK_AGENTS_FILE" in await staffed.refused("bo", number, assignee="me")
    assert "cannot be filtered" in await staffed.refused("odd", number, assignee="me")


async def test_an_agent_of_one_account_gets_no_ticket_of_another(staffed: Desk) -> None:
    ours = await staffed.call("widget").opened(account=HARBOUR.account)
    theirs = await staffed.call("widget").opened(account=OTHER_ACCOUNT)
    assert f"no access to the account {HARBOUR.account}" in await staffed.refused(
        "ada", ours, assignee="sam"
    )
    assert (await staffed.assigned("ada", theirs, assignee="sam") or {})["id"] == "sam"
    assert (await staffed.assigned("sam", theirs, assignee="me") or {})["name"] == "Sam Salt"


async def test_a_person_with_any_address_is_no_assignee_over_http(staffed: Desk) -> None:
    number = await staffed.call("widget").opened()
    stranger = {"id": "ada", "name": "Ada", "email": "stranger@elsewhere.example"}
    response = await staffed.call("ada").act(number, "assign", assignee=stranger)
    assert "GET /agents" in fields(problem(response, 422, "invalid-request"))["assignee"]


async def test_a_role_that_may_not_assign_learns_nothing_about_agents(staffed: Desk) -> None:
    number = await staffed.call("widget").opened()
    for who in ("pia", "widget"):
        for assignee in ("ada", "adda", "me"):
            refused = await staffed.call(who).act(number, "assign", assignee=assignee)
            problem(refused, 403, "wrong-role")
        problem(await staffed.call(who).get("/agents"), 403, "wrong-role")


async def test_agents_are_listed_by_page_and_as_far_as_they_are_known(staffed: Desk) -> None:
    whole = (await staffed.call("bo").get("/agents")).json()
    ada = {"id": "ada", "name": "Ada Agent", "email": "ada@desk.example"}
    sam = {"id": "sam", "name": "Sam Salt", "email": "sam@salt.example"}
    assert whole == {"agents": [ada, sam | {"accounts": [OTHER_ACCOUNT]}]}
    first = (await staffed.call("olga").get("/agents", limit=1)).json()
    assert first == {"agents": [ada], "next_cursor": "ada"}
    second = await staffed.call("olga").get("/agents", limit=1, cursor="ada")
    assert [agent["id"] for agent in second.json()["agents"]] == ["sam"]


async def test_a_repeated_assignment_is_one(staffed: Desk) -> None:
    number = await staffed.call("widget").opened()
    first, again = [
        (await staffed.call("bo").act(number, "assign", "key", assignee="ada")).json()
        for _ in range(2)
    ]
    assert first["version"] == again["version"] == 2
