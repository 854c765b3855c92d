"""The agents of the desk: those of a file, and those of static tokens."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from api.identity.agents import Agent, ListedAgents, parse_agents
from api.identity.caller import Caller
from api.identity.static_tokens import StaticTokens, TokenActor
from policies.documents.problems import PolicyErrors
from policies.vocabulary import Role
from workflows.shared.action_request import Actor

FILE = Path("agents.yaml")
ADA = Agent(id="ada", name="Ada Agent", email="ada@desk.example")


def tokens(*actors: TokenActor) -> StaticTokens:
    return StaticTokens({SecretStr(f"t{n}"): actor for n, actor in enumerate(actors)})


def agent(id: str, email: str | None = "x@desk.example", account: str | None = None) -> TokenActor:
    return TokenActor(id=id, role=Role.AGENT, email=email, account=account)


def test_a_token_of_an_agent_with_an_address_makes_a_known_agent() -> None:
    known = ListedAgents(
        actors=tokens(
            agent("bo"),
            agent("sam", account="salt-press"),
            agent("without", email=None),
            agent('o"dd'),
            TokenActor(id="olga", role=Role.OPERATOR, email="olga@desk.example"),
        ).actors
    )
    assert [(each.id, each.name, each.accounts) for each in known.all()] == [
        ("bo", "bo", None),
        ("sam", "sam", ("salt-press",)),
    ]
    assert known.find("olga") is None


def test_the_file_counts_before_a_token() -> None:
    known = ListedAgents(
        [ADA], tokens(agent("ada"), agent("bo"), agent("bo", "y@desk.example")).actors
    )
    assert known.find("ada") == ADA
    assert [(each.id, each.email) for each in known.all()] == [
        ("ada", "ada@desk.example"),
        ("bo", "x@desk.example"),
    ]
    known.replace([])
    assert known.all()[0].email == "x@desk.example"


def test_a_limited_caller_knows_the_agents_of_its_accounts() -> None:
    sam = Agent(id="sam", name="Sam", email="s@salt.example", accounts=("salt-press",))
    actor = Actor(id="x", role=Role.AGENT)
    for accounts, knows in ((None, True), ({"salt-press", "b"}, True), ({"harbour-media"}, False)):
        limited = None if accounts is None else frozenset(accounts)
        assert sam.is_known_to(Caller(actor, accounts=limited)) is knows
        assert ADA.is_known_to(Caller(actor, accounts=limited))


def test_a_file_lists_agents() -> None:
    content = b"agents: [{id: ada, name: Ada Agent, email: ada@desk.example}]"
    assert parse_agents(content, FILE) == (ADA,)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("agents: [{id: ada, name: Ada}]", "agents.yaml:1:10 agents[0]"),
        ("agents: [{id: me, name: Ada, email: a@b.example}]", "not me or nobody"),
        ("agents: [{id: 'a\"b', name: Ada, email: a@b.example}]", "cannot be filtered"),
        ("agents: [{id: a, name: A, email: a@b.example, accounts: []}]", "accounts"),
        ("agents: [{id: a, name: A, email: nowhere}]", "email"),
        ("- ada", "not a mapping"),
        (
            "agents: [{id: a, name: A, email: a@b.example}, {id: a, name: B, email: b@b.example}]",
            "in the list twice",
        ),
    ],
)
def test_every_mistake_in_a_file_is_named_with_its_place(content: str, message: str) -> None:
    with pytest.raises(PolicyErrors) as caught:
        parse_agents(content.encode(), FILE)
    assert message in str(caught.value)
