"""The audit log has who did what, who was refused, and nothing secret."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from api.audit.log import AuditLog
from tests.api.caller import Caller, make_app
from tests.harness import HARBOUR

NOW = datetime(2027, 1, 6, 14, tzinfo=UTC)
SECRET = "the-body-of-a-message"


class Desk:
    """An app with an audit log that is kept."""

    def __init__(self, env: WorkflowEnvironment) -> None:
        self.lines: list[bytes] = []
        self.app = make_app(env.client, audit=AuditLog(self.lines.append))

    def call(self, who: str | None) -> Caller:
        return Caller(self.app, f"{who}-token" if who else None)

    def entries(self) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.lines]
        self.lines.clear()
        return found

    def entry(self) -> dict[str, Any]:
        [found] = self.entries()
        return found


@pytest.fixture
def audited(desk: WorkflowEnvironment, mailer: object) -> Desk:
    del mailer
    return Desk(desk)


async def test_an_opening_an_action_and_a_reading_are_one_entry_each(audited: Desk) -> None:
    number = await audited.call("service").opened(description=SECRET)
    await audited.call("agent").act(number, "add-note", note=SECRET)
    await audited.call("agent").get(f"/tickets/{number}")
    assert SECRET.encode() not in b"".join(audited.lines)
    assert b"-token" not in b"".join(audited.lines)
    opened, acted, read = audited.entries()
    assert [e["operation"] for e in (opened, acted, read)] == [
        "open_ticket",
        "add_note",
        "read_ticket",
    ]
    assert {e["outcome"] for e in (opened, acted, read)} == {"accepted"}
    assert {e["ticket"] for e in (opened, acted, read)} == {number}
    assert acted["actor"] == {"id": "ada", "role": "agent", "credential": "token:ada"}
    assert (acted["method"], acted["status"]) == ("POST", 200)


async def test_a_refusal_has_its_problem_and_its_actor(audited: Desk) -> None:
    number = await audited.call("service").opened()
    audited.entries()
    await audited.call("requester").act(number, "respond", message="m", outcomes=["work_started"])
    entry = audited.entry()
    assert (entry["outcome"], entry["status"], entry["problem"]) == ("refused", 403, "wrong-role")
    assert entry["actor"]["role"] == "requester"


async def test_a_refused_authentication_has_a_source_and_no_actor(audited: Desk) -> None:
    await audited.call("guessed").get("/tickets")
    await audited.call(None).get("/me")
    unknown, missing = audited.entries()
    assert unknown["reason"] == "unknown"
    assert "reason" not in missing
    for entry in (unknown, missing):
        assert (entry["operation"], entry["outcome"]) == ("authenticate", "refused")
        assert (entry["problem"], entry["source"]) == ("unauthenticated", "127.0.0.1")
        assert "actor" not in entry


async def test_a_reading_across_accounts_is_a_refusal(audited: Desk) -> None:
    number = await audited.call("service").opened()
    audited.entries()
    await audited.call("salt").get(f"/tickets/{number}")
    entry = audited.entry()
    assert (entry["outcome"], entry["problem"], entry["ticket"]) == (
        "refused",
        "ticket-unknown",
        number,
    )


async def test_an_account_is_named(audited: Desk) -> None:
    await audited.call("agent").get(f"/accounts/{HARBOUR.account}")
    assert audited.entry()["account"] == HARBOUR.account


async def test_public_pages_and_health_checks_are_no_entries(audited: Desk) -> None:
    for path in ("/", "/healthz", "/readyz", "/openapi.json", "/problems", "/docs"):
        await audited.call(None).get(path)
    assert audited.entries() == []


async def test_the_request_id_of_the_caller_is_kept_if_it_is_a_plain_one(audited: Desk) -> None:
    caller = audited.call("agent")
    caller.http.headers["X-Request-Id"] = "build-7.3"
    response = await caller.get("/me")
    assert response.headers["X-Request-Id"] == audited.entry()["request_id"] == "build-7.3"


@pytest.mark.parametrize("given", ["", "a b", 'x"}', "-x", "x" * 65, "é"])
async def test_any_other_request_id_is_replaced(audited: Desk, given: str) -> None:
    caller, token = audited.call("agent"), b"Bearer agent-token"
    caller.http.headers = [(b"Authorization", token), (b"X-Request-Id", given.encode())]
    response = await caller.get("/me")
    assert response.headers["X-Request-Id"] == audited.entry()["request_id"] != given


async def test_an_entry_that_cannot_be_written_refuses_no_request(
    desk: WorkflowEnvironment,
) -> None:
    def full(line: bytes) -> None:
        raise OSError(28, "No space left on device")

    app = make_app(desk.client, audit=AuditLog(full))
    assert (await Caller(app, "agent-token").get("/me")).status_code == 200
