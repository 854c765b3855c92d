import json
from typing import Any

import pytest
from fastapi import FastAPI

from api.http.problems import KINDS, REFUSED
from policies.vocabulary import Action
from tests.api.caller import Caller
from workflows.ticket.model.refusals import REFUSALS


@pytest.fixture
def described(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(described: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in described["paths"].values() for operation in path.values()]


async def test_description_is_served(app: FastAPI) -> None:
    response = await Caller(app, None).get("/openapi.json")
    assert response.status_code == 200
    assert response.json()["info"]["title"] == "Durable Desk"


def test_every_action_is_described(described: dict[str, Any]) -> None:
    for action in Action:
        operation = described["paths"][f"/tickets/{{number}}/{action.replace('_', '-')}"]["post"]
        body = operation["requestBody"]["content"]["application/json"]
        assert "example" in body
        assert operation["security"] == [{"token": []}]
        assert "By: " in operation["description"]


def test_every_route_says_which_problems_it_answers_with(described: dict[str, Any]) -> None:
    for operation in operations(described):
        refused = {s: r for s, r in operation["responses"].items() if int(s) >= 400}
        assert refused
        for response in refused.values():
            assert list(response["content"]) == ["application/problem+json"]
    assert "HTTPValidationError" not in json.dumps(described)


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    text = json.dumps(described)
    references = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert references <= described["components"]["schemas"].keys()


async def test_index_leads_to_what_there_is(app: FastAPI) -> None:
    caller = Caller(app, None)
    index = (await caller.get("/")).json()
    for name in ("description", "problems", "alive", "ready"):
        assert (await caller.get(index[name])).status_code == 200


@pytest.mark.parametrize("slug", KINDS)
async def test_every_kind_of_problem_is_explained_at_its_type(app: FastAPI, slug: str) -> None:
    response = await Caller(app, None).get(KINDS[slug].type)
    assert response.json()["means"] == KINDS[slug].means


async def test_kind_of_problem_that_is_none_is_a_404(app: FastAPI) -> None:
    assert (await Caller(app, None).get("/problems/bad-mood")).status_code == 404


def test_every_refusal_of_a_ticket_is_a_problem_of_its_own() -> None:
    assert REFUSED.keys() == REFUSALS.keys()
    assert len(set(REFUSED.values())) == len(REFUSED)
