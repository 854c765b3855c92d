"""Revisions over HTTP: the one in force at opening, previews, and changes."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from temporalio.testing import WorkflowEnvironment

from api.app import create_app
from policies.loading.policy_catalog import SHIPPED, PolicyCatalog
from tests.api.caller import Caller, SampleContracts, authenticator, fields, problem
from tests.harness import CATALOG, RecordingMailer
from workflows.client.tickets import TicketClient

NOW = CATALOG.latest("contently").revision
COMING = date(2040, 6, 1)
REASON = "The customer prefers what holds for new requests."


def two_revisions(directory: Path, coming: date) -> PolicyCatalog:
    """The policy of Contently, and a revision with a response within one business day."""
    now_so = (SHIPPED / "contently.yaml").read_text()
    (directory / "contently.yaml").write_text(now_so)
    new = now_so.replace(f"revision: {NOW}", f"revision: {coming}")
    new = new.replace("2 business days", "1 business day")
    (directory / "contently-next.yaml").write_text(new)
    return PolicyCatalog.load(directory)


def app_of(desk: WorkflowEnvironment, catalog: PolicyCatalog) -> FastAPI:
    return create_app(
        tickets=TicketClient(desk.client),
        client=desk.client,
        catalog=catalog,
        contracts=SampleContracts(),
        authenticator=authenticator(),
        now=lambda: datetime.now(UTC),
    )


@pytest.fixture
def app(desk: WorkflowEnvironment, mailer: RecordingMailer, tmp_path: Path) -> FastAPI:
    return app_of(desk, two_revisions(tmp_path, COMING))


@pytest.fixture
def operator(app: FastAPI) -> Caller:
    return Caller(app, "operator-token")


@pytest.fixture
async def number(app: FastAPI) -> str:
    return await Caller(app, "service-token").opened()


async def changed(who: Caller, number: str, key: str | None = None, **input: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"revision": str(COMING), "reason": REASON} | input
    response = await who.act(number, "change-revision", key, **body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


@pytest.mark.clause("cention/changes")
async def test_a_ticket_opens_under_the_revision_in_force_at_receipt(
    desk: WorkflowEnvironment,
    mailer: RecordingMailer,
    tmp_path: Path,
    operator: Caller,
    number: str,
) -> None:
    assert (await operator.get(f"/tickets/{number}")).json()["revision"] == str(NOW)
    begun = tmp_path / "begun"
    begun.mkdir()
    since = NOW + timedelta(days=1)
    app = app_of(desk, two_revisions(begun, since))
    later = await Caller(app, "service-token").opened()
    shown = (await Caller(app, "agent-token").get(f"/tickets/{later}")).json()
    assert shown["revision"] == str(since)


async def test_the_revisions_of_a_ticket_are_listed(operator: Caller, number: str) -> None:
    answer = (await operator.get(f"/tickets/{number}/revisions")).json()
    assert answer == {
        "number": number,
        "policy": "contently",
        "revision": str(NOW),
        "revisions": [
            {"revision": str(NOW), "in_force": True, "kept": True},
            {"revision": str(COMING), "in_force": False, "kept": False},
        ],
    }


@pytest.mark.clause("cention/changes")
async def test_a_change_is_previewed_and_made_when_confirmed(operator: Caller, number: str) -> None:
    shown = await changed(operator, number)
    assert shown["confirmed"] is False
    (clock,) = shown["clocks"]
    assert clock["name"] == "first_response"
    assert clock["new_due_at"] < clock["due_at"]
    assert shown["verdict"]["decision"] == "covered"
    ticket = (await operator.get(f"/tickets/{number}")).json()
    assert (ticket["revision"], ticket["clocks"][0]["due_at"]) == (str(NOW), clock["due_at"])
    done = await changed(operator, number, "k1", confirm=True)
    assert done == await changed(operator, number, "k1", confirm=True)
    assert done["taken"]["action_id"] == "k1"
    ticket = (await operator.get(f"/tickets/{number}")).json()
    assert (ticket["revision"], ticket["clocks"][0]["due_at"]) == (
        str(COMING),
        clock["new_due_at"],
    )
    timeline = (await operator.get(f"/tickets/{number}/timeline")).json()["events"]
    assert [e["type"] for e in timeline].count("revision_changed") == 1
    body: dict[str, Any] = {"revision": str(COMING), "reason": REASON, "confirm": True}
    refused = await operator.act(number, "change-revision", **body)
    assert "already" in problem(refused, 422, "invalid-content")["detail"]


async def test_an_unknown_revision_is_refused_with_the_existing_ones(
    operator: Caller, number: str
) -> None:
    body: dict[str, Any] = {"revision": "2031-01-01", "reason": REASON}
    refused = await operator.act(number, "change-revision", **body)
    assert str(COMING) in fields(problem(refused, 422, "invalid-content"))["revision"]


@pytest.mark.parametrize("confirm", [False, True])
async def test_only_an_operator_previews_and_makes_a_change(
    app: FastAPI, number: str, confirm: bool
) -> None:
    body: dict[str, Any] = {"revision": str(COMING), "reason": REASON, "confirm": confirm}
    refused = await Caller(app, "agent-token").act(number, "change-revision", **body)
    assert "operator" in problem(refused, 403, "wrong-role")["detail"]
    other = await Caller(app, "salt-token").act(number, "change-revision", **body)
    problem(other, 404, "ticket-unknown")


@pytest.mark.parametrize("confirm", [False, True])
async def test_an_ended_ticket_has_no_preview_and_no_change(
    app: FastAPI, operator: Caller, number: str, confirm: bool
) -> None:
    input: dict[str, Any] = {"message": "Clear the cache.", "outcomes": ["resolution"]}
    await Caller(app, "agent-token").act(number, "respond", **input)
    body: dict[str, Any] = {"revision": str(COMING), "reason": REASON, "confirm": confirm}
    refused = await operator.act(number, "change-revision", **body)
    assert problem(refused, 409, "wrong-stage")["stage"] == "resolved"


@pytest.mark.clause("cention/changes", "contently/limitation")
async def test_a_preview_shows_that_the_revision_excludes_the_request(
    desk: WorkflowEnvironment, mailer: RecordingMailer, tmp_path: Path
) -> None:
    text = (SHIPPED / "contently.yaml").read_text()
    (tmp_path / "now.yaml").write_text(text)
    new = text.replace(f"revision: {NOW}", f"revision: {COMING}")
    new = new.replace('cause == "third_party"', 'cause == "platform"')
    (tmp_path / "next.yaml").write_text(new)
    app = app_of(desk, PolicyCatalog.load(tmp_path))
    number = await Caller(app, "service-token").opened(facts={"cause": "platform"})
    operator = Caller(app, "operator-token")
    shown = await changed(operator, number)
    assert shown["verdict"]["closed_as"] == "not_covered"
    assert shown["verdict"]["clauses"] == ["limitation"]
    assert [clock["new_state"] for clock in shown["clocks"]] == ["cancelled"]
    assert (await operator.get(f"/tickets/{number}")).json()["stage"] == "received"
    done = await changed(operator, number, confirm=True)
    assert (done["taken"]["stage"], done["taken"]["closed_as"]) == ("closed", "not_covered")
    agent = Caller(app, "agent-token")
    ticket = (await agent.get(f"/tickets/{number}")).json()
    assert ticket["contest_until"] > ticket["received_at"]
    assert ticket["allowed_actions"] == ["override_verdict"]
    taken = (await agent.act(number, "override-verdict", reason="It was promised.")).json()
    assert (taken["stage"], taken["clocks"][0]["name"]) == ("received", "first_response")
    overridden = (await agent.get(f"/tickets/{number}")).json()["overridden"]
    assert (overridden["closed_as"], overridden["clause"]) == ("not_covered", "limitation")
