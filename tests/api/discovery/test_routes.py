"""What a caller has to choose from is found without a look at a policy file."""

from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from api.discovery.offers import offer_of
from policies.loading.policy_catalog import PolicyCatalog
from tests.api.caller import Call, Caller, fields, make_app, problem, request
from tests.harness import CATALOG
from tests.policies.requests import contract

pytestmark = pytest.mark.fault(90)


async def test_a_token_reads_who_it_stands_for(call: Call) -> None:
    me = (await call("agent").get("/me")).json()
    assert (me["id"], me["role"], me["name"], me["opens_tickets"]) == (
        "ada",
        "agent",
        "Ada Agent",
        True,
    )
    assert "respond" in me["actions"]
    assert "account" not in me
    limited = (await call("harbour").get("/me")).json()
    assert limited["account"] == "harbour-media"
    assert "respond" not in limited["actions"]
    assert (await call("engineering").get("/me")).json()["opens_tickets"] is False


async def test_accounts_are_listed_by_page(agent: Caller) -> None:
    whole = (await agent.get("/accounts")).json()
    assert "next_cursor" not in whole
    names = [account["account"] for account in whole["accounts"]]
    assert names == sorted(names)
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await agent.get("/accounts", limit=2, **cursor)).json()
        found += page["accounts"]
        if "next_cursor" not in page:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == whole["accounts"]
    [harbour] = [each for each in found if each["account"] == "harbour-media"]
    assert harbour == {
        "account": "harbour-media",
        "name": "Harbour Media",
        "policy": "contently",
        "is_usable": True,
    }


async def test_an_account_whose_contract_is_unusable_is_listed_as_such(agent: Caller) -> None:
    accounts = (await agent.get("/accounts")).json()["accounts"]
    assert {"account": "broken-house", "is_usable": False} in accounts


async def test_a_limited_token_sees_its_own_account_and_policy(call: Call) -> None:
    salt = call("salt")
    accounts = (await salt.get("/accounts")).json()["accounts"]
    assert [account["account"] for account in accounts] == ["salt-press"]
    assert [policy["policy"] for policy in (await salt.get("/policies")).json()] == ["contently"]
    assert (await salt.get("/policies/contently")).status_code == 200
    problem(await salt.get("/policies/prismic"), 404, "policy-unknown")


async def test_policies_in_force_are_listed(agent: Caller) -> None:
    policies = {each["policy"]: each for each in (await agent.get("/policies")).json()}
    assert policies.keys() == set(CATALOG.slugs)
    assert policies["contentsquare"]["title"] == "Support Contentsquare"
    assert policies["contentsquare"]["locale"] == "fr"


async def test_a_policy_offers_what_a_form_needs(agent: Caller) -> None:
    offer = (await agent.get("/policies/contentsquare")).json()
    priorities = [(each["value"], each["label"]) for each in offer["priorities"]]
    assert priorities[0] == ("p0", "critique")
    facts = {each["name"]: each for each in offer["facts"]}
    browser = facts["browser"]
    assert browser["ask"] == "Quel navigateur utilisez-vous\u00a0?"
    assert {"value": "chrome", "label": "Google Chrome"} in browser["choices"]
    phone = next(each for each in offer["channels"] if each["value"] == "phone")
    assert phone["when"]
    english = (await agent.get("/policies/contentsquare", locale="en")).json()
    assert english["title"] == "Contentsquare Support"
    assert next(f for f in english["facts"] if f["name"] == "browser")["ask"].endswith("?")


@pytest.mark.parametrize("slug", CATALOG.slugs)
def test_an_offer_has_no_fact_that_a_request_cannot_state(slug: str) -> None:
    policy = CATALOG.latest(slug)
    offered = {fact.name for fact in offer_of(policy).facts}
    for name, rule in policy.facts.items():
        is_looked_up = name in {"active_publication", "designated_contact"}
        assert (name in offered) is (rule.given_by == "request" and not is_looked_up)


@pytest.mark.parametrize("account", ["harbour-media", "maison-lumiere"])
async def test_a_request_made_from_an_offer_is_accepted(
    desk: WorkflowEnvironment, account: str
) -> None:
    agreed = contract(account)
    app = make_app(desk.client, contracts=InMemoryContracts([agreed]))
    agent = Caller(app, "agent-token")
    offer = (await agent.get(f"/policies/{agreed.policy}")).json()
    channel = next(each["value"] for each in offer["channels"] if "when" not in each)
    kind = offer["kinds"][0]["value"] if offer["kinds"] else None
    body = request(
        account=account,
        channel=channel,
        kind=kind,
        priority=offer["priorities"][-1]["value"],
        facts={
            each["name"]: each["choices"][0]["value"]
            for each in offer["facts"]
            if "choices" in each
        },
    )
    opened = await agent.post("/tickets", **body)
    assert opened.status_code == 201, opened.text


def overriding(account: str) -> InMemoryContracts:
    """A contract in which the first priority has another description."""
    own = contract(account)
    first = next(iter(CATALOG.latest(own.policy).priorities))
    overrides: dict[str, Any] = {f"priorities.{first}.says": "Everything is down"}
    return InMemoryContracts([own.model_copy(update={"overrides": overrides})])


async def test_an_offer_to_an_account_has_its_overrides(desk: WorkflowEnvironment) -> None:
    app = make_app(desk.client, contracts=overriding("harbour-media"))
    agent = Caller(app, "agent-token")
    plain = (await agent.get("/policies/contently")).json()
    assert "account" not in plain
    offer = (await agent.get("/policies/contently", account="harbour-media")).json()
    assert offer["account"] == "harbour-media"
    assert offer["priorities"][0]["says"] == "Everything is down"
    assert plain["priorities"][0]["says"] != "Everything is down"
    assert offer["priorities"][1:] == plain["priorities"][1:]


async def test_a_token_of_one_account_gets_the_offer_of_its_own(desk: WorkflowEnvironment) -> None:
    app = make_app(desk.client, contracts=overriding("harbour-media"))
    offer = (await Caller(app, "harbour-token").get("/policies/contently")).json()
    assert offer["account"] == "harbour-media"


async def test_an_offer_to_an_account_that_does_not_exist_for_the_caller(call: Call) -> None:
    refused = await call("harbour").get("/policies/contently", account="salt-press")
    problem(refused, 422, "unknown-account")
    problem(
        await call("agent").get("/policies/contently", account="nobody-here"),
        422,
        "unknown-account",
    )


async def test_an_account_is_offered_its_own_policy_only(agent: Caller) -> None:
    refused = await agent.get("/policies/prismic", account="harbour-media")
    problem(refused, 404, "policy-unknown")


@pytest.mark.parametrize("path", ["/policies/nothing", "/policies/Contently", "/policies/%00"])
async def test_an_unknown_policy_is_a_404(agent: Caller, path: str) -> None:
    problem(await agent.get(path), 404, "policy-unknown")


async def test_a_policy_that_is_not_in_force_yet_is_not_offered(desk: WorkflowEnvironment) -> None:
    coming = CATALOG.latest("prismic").model_copy(update={"revision": date(2199, 1, 1)})
    app = make_app(desk.client, catalog=PolicyCatalog([coming]))
    agent = Caller(app, "agent-token")
    assert (await agent.get("/policies")).json() == []
    problem(await agent.get("/policies/prismic"), 404, "policy-unknown")


async def test_discovery_needs_a_token_and_knows_its_parameters(
    app: FastAPI, agent: Caller
) -> None:
    for path in ("/me", "/accounts", "/policies", "/policies/contently"):
        problem(await Caller(app, None).get(path), 401, "unauthenticated")
        refused = await agent.get(path, verbose="yes")
        assert "verbose" in fields(problem(refused, 422, "invalid-request"))
