"""The `detail` of a problem is in the language of the contract; `title` is always in English."""

import asyncio
from datetime import UTC, date, datetime

import pytest
from fastapi import FastAPI
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from api.http.problem_types import PROBLEM_TYPES
from tests.api.caller import Caller, fields, make_app, problem
from tests.harness import HARBOUR, RecordingMailer
from tests.languages import is_english
from tests.policies.requests import contract

LUMIERE = contract("maison-lumiere")
ZOE = {"name": "Zoé", "email": "zoe@maison-lumiere.example"}
FACTS = {"browser": "chrome", "browser_up_to_date": True}
ACCOUNT_PATH = "/accounts/maison-lumiere"


@pytest.fixture
def app(desk: WorkflowEnvironment, mailer: RecordingMailer) -> FastAPI:
    """The app with a French account and an English one."""
    del mailer
    return make_app(desk.client, contracts=InMemoryContracts([LUMIERE, HARBOUR]))


def caller(app: FastAPI, who: str = "agent") -> Caller:
    return Caller(app, f"{who}-token")


async def french(app: FastAPI, key: str | None = None) -> str:
    """Opens a French ticket and returns its number."""
    body = {"account": LUMIERE.account, "requester": ZOE, "facts": FACTS}
    response = await caller(app, "service").open(key, **body)
    assert response.status_code == 201, response.text
    return str(response.json()["number"])


async def test_the_reason_of_a_refusal_is_in_the_language_of_the_contract(app: FastAPI) -> None:
    number = await french(app)
    response = await caller(app).act(number, "resolve", resolution="Fini.")
    document = problem(response, 409, "wrong-stage")
    assert response.headers["Content-Language"] == "fr"
    assert document["detail"] == (
        "l’action resolve est possible aux étapes suivantes\u00a0: en cours de traitement\u00a0; "
        f"l’étape actuelle de la demande {number} est\u00a0: reçue"
    )
    assert document["title"] == PROBLEM_TYPES["wrong-stage"].title
    assert (document["stage"], "respond" in document["allowed_actions"]) == ("received", True)


async def test_the_same_is_english_under_an_english_contract(app: FastAPI) -> None:
    number = await caller(app, "service").opened()
    response = await caller(app).act(number, "share-forecast")
    assert response.headers["Content-Language"] == "en"
    assert (
        "possible in these stages: engineering_review"
        in problem(response, 409, "wrong-stage")["detail"]
    )


@pytest.mark.clause("contentsquare/contacts")
async def test_a_refused_request_is_refused_in_french_with_labels_and_names(app: FastAPI) -> None:
    response = await caller(app, "service").open(
        account=LUMIERE.account, requester=ZOE, channel="phone", facts=FACTS, priority="p9"
    )
    document = problem(response, 422, "request-refused")
    assert response.headers["Content-Language"] == "fr"
    assert not is_english(document["detail"])
    assert "critique (p0), élevée (p1)" in fields(document)["priority"]
    assert "par e-mail (email), portail (portal)" in fields(document)["channel"]


async def test_a_reused_key_and_a_closed_ticket_are_reported_in_french(app: FastAPI) -> None:
    number = await french(app, key="première".encode().hex())
    other = {"account": LUMIERE.account, "requester": ZOE, "facts": FACTS, "subject": "Autre"}
    reused = await caller(app, "service").open("première".encode().hex(), **other)
    await caller(app).act(number, "acknowledge", "a")
    again = await caller(app).act(number, "post-update", "a", message="Nous cherchons.")
    await caller(app, "service").act(number, "withdraw")
    async with asyncio.timeout(10):
        # The workflow ends once all notices are delivered.
        while True:
            closed = await caller(app).act(number, "acknowledge")
            if closed.json()["type"] != "/problems/wrong-stage":
                break
    for response, status, slug in (
        (reused, 422, "idempotency-key-reused"),
        (again, 422, "idempotency-key-reused"),
        (closed, 409, "ticket-closed"),
    ):
        document = problem(response, status, slug)
        assert response.headers["Content-Language"] == "fr"
        assert not is_english(document["detail"]), document


async def test_a_preview_that_is_refused_is_refused_in_french(app: FastAPI) -> None:
    number = await french(app)
    body = {"revision": "2199-01-01", "reason": "Meilleure."}
    unknown = await caller(app, "operator").act(number, "change-revision", **body)
    document = problem(unknown, 422, "invalid-content")
    assert "n’a pas de version du 1er janvier 2199" in document["detail"]
    assert fields(document) == {"revision": document["detail"]}
    forbidden = await caller(app).act(number, "change-revision", **body)
    assert (
        "réservée aux rôles suivants\u00a0: administrateur"
        in problem(forbidden, 403, "wrong-role")["detail"]
    )
    assert {r.headers["Content-Language"] for r in (unknown, forbidden)} == {"fr"}


@pytest.mark.clause("contentsquare/claims")
async def test_an_account_refuses_in_french(app: FastAPI) -> None:
    today = date.today().isoformat()  # noqa: DTZ011 - any day will do
    at = datetime.now(UTC).isoformat()
    service, operator = caller(app, "service"), caller(app, "operator")
    responses = [
        await service.post(
            f"{ACCOUNT_PATH}/enablement", date=today, hours="1", requested_by="Zoé", topic="Zones"
        ),
        await service.post(f"{ACCOUNT_PATH}/claims", credits=["month:2020-01"], statement="Nous."),
        await service.post(
            f"{ACCOUNT_PATH}/outages", starts_at=at, category="network", description="X"
        ),
        await operator.post(
            f"{ACCOUNT_PATH}/outages", starts_at=at, category="fire", description="X"
        ),
        await operator.post(f"{ACCOUNT_PATH}/claims/claim-9/refuse", reason="Non."),
        await service.get(f"{ACCOUNT_PATH}/availability", month="2019-01"),
    ]
    for response in responses:
        assert 400 <= response.status_code < 500, response.text
        assert response.headers["Content-Language"] == "fr", response.text
        assert not is_english(response.json()["detail"]), response.text


async def test_without_a_contract_the_detail_is_in_english(app: FastAPI) -> None:
    for response in (
        await caller(app).get("/tickets/0000-0000-0000"),
        await caller(app).get("/nowhere"),
        await caller(app, "nobody").get("/tickets"),
        await caller(app, "service").open(colour="red"),
    ):
        assert response.headers["Content-Language"] == "en", response.text
