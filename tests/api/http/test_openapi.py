import asyncio
import json
from http import HTTPStatus
from typing import Any

import pytest
from fastapi import FastAPI

from api.http.openapi import MOST_WAITING, Description
from api.http.problem_types import PROBLEM_TYPES, TICKET_PROBLEMS
from api.http.problems import Problem
from policies.vocabulary import Action
from tests.api.caller import Caller
from workflows.ticket.model.refusals import REFUSALS


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


async def test_description_is_served(app: FastAPI) -> None:
    response = await Caller(app, None).get("/openapi.json")
    assert response.status_code == 200
    assert response.json()["info"]["title"] == "Durable Desk"


def test_every_action_is_document(document: dict[str, Any]) -> None:
    for action in Action:
        operation = document["paths"][f"/tickets/{{number}}/{action.replace('_', '-')}"]["post"]
        body = operation["requestBody"]["content"]["application/json"]
        assert "example" in body
        assert operation["security"] == [{"token": []}]
        assert "By: " in operation["description"]


def test_every_tag_has_one_description_and_a_route(document: dict[str, Any]) -> None:
    names = [tag["name"] for tag in document["tags"]]
    assert len(names) == len(set(names))
    assert set(names) == {tag for operation in operations(document) for tag in operation["tags"]}


def test_every_route_documents_its_problems(document: dict[str, Any]) -> None:
    for operation in operations(document):
        refused = {s: r for s, r in operation["responses"].items() if int(s) >= 400}
        assert refused
        for response in refused.values():
            assert list(response["content"]) == ["application/problem+json"]
    assert "HTTPValidationError" not in json.dumps(document)


def test_every_reference_resolves(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    references = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert references <= document["components"]["schemas"].keys()


async def test_links_of_the_index_resolve(app: FastAPI) -> None:
    caller = Caller(app, None)
    index = (await caller.get("/")).json()
    for name in ("description", "problems", "alive", "ready"):
        assert (await caller.get(index[name])).status_code == 200


@pytest.mark.parametrize("slug", PROBLEM_TYPES)
async def test_every_problem_type_is_explained_at_its_uri(app: FastAPI, slug: str) -> None:
    response = await Caller(app, None).get(PROBLEM_TYPES[slug].uri)
    assert response.json()["means"] == PROBLEM_TYPES[slug].meaning


async def test_unknown_problem_type_is_a_404(app: FastAPI) -> None:
    assert (await Caller(app, None).get("/problems/bad-mood")).status_code == 404


def test_every_refusal_of_a_ticket_has_a_problem_type_of_its_own() -> None:
    assert TICKET_PROBLEMS.keys() == REFUSALS.keys()
    assert len(set(TICKET_PROBLEMS.values())) == len(TICKET_PROBLEMS)


async def test_few_requests_wait_while_the_description_is_made() -> None:
    description = Description(FastAPI())
    async with asyncio.timeout(30):
        answers = await asyncio.gather(
            *(description.encoded() for _ in range(MOST_WAITING + 3)), return_exceptions=True
        )
    assert [isinstance(answer, bytes) for answer in answers] == [True] * MOST_WAITING + [False] * 3
    refused = answers[-1]
    assert isinstance(refused, Problem)
    assert refused.type.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert isinstance(await description.encoded(), bytes)
