"""A person gets what is held about them, nothing internal, and nothing of others."""

import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any

import jsonschema_rs
import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from activities.ports import ContractUnavailable
from api.identity.keys.bound_credentials import BoundCredentials
from api.personal_data.document import Kind, PersonalData, export_schema
from api.personal_data.exporter import Exporter
from api.personal_data.json_writer import json_parts
from api.personal_data.page_writer import page_parts
from policies.vocabulary import Role
from tests.api.caller import problem
from tests.api.personal_data.personal_scene import (
    ALIEN,
    FILED,
    LEO,
    MIA,
    OURS,
    SCRIPT,
    SECOND,
    SECRET,
    STRANGER,
    Scene,
    scene_on,
)

PATH = "/personal-data/export"


@pytest_asyncio.fixture(scope="module")
async def scene(
    desk: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Scene]:
    yield await scene_on(desk, tmp_path_factory.mktemp("keys"))


async def exported(scene: Scene, address: str = MIA, who: str = "operator") -> dict[str, Any]:
    response = await scene.call(who).post(PATH, requester=address)
    assert response.status_code == 200, response.text
    document: dict[str, Any] = response.json()
    return document


async def page(scene: Scene, address: str = MIA) -> str:
    response = await scene.call("operator").post(PATH, requester=address, format="html")
    assert response.status_code == 200, response.text
    return response.text


async def test_an_export_has_the_open_and_the_closed_tickets_of_every_account(
    scene: Scene,
) -> None:
    document = await exported(scene)
    tickets = {each["ticket"]["number"]: each for each in document["tickets"]}
    assert tickets.keys() == scene.own
    assert document["complete"] is True
    closed, running = tickets[scene.closed], tickets[scene.open]
    assert closed["ticket"]["closed_as"] == "withdrawn"
    assert "until" in closed["held"]
    assert "until" not in running["held"]
    assert running["held"]["days"] == closed["held"]["days"] > 0
    texts = [message.get("text") for message in running["ticket"]["conversation"]]
    assert "We are on it." in texts
    assert running["ticket"]["clocks"]
    assert running["ticket"]["notices"]
    assert "reclassified" in [event["type"] for event in running["timeline"]]


async def test_an_export_is_what_the_requester_reads(scene: Scene) -> None:
    document = await exported(scene)
    [entry] = [t for t in document["tickets"] if t["ticket"]["number"] == scene.open]
    mia = scene.call("requester")
    read = (await mia.get(f"/tickets/{scene.open}")).json()
    for name, value in entry["ticket"].items():
        assert value == without_none(read[name]), name
    events = (await mia.get(f"/tickets/{scene.open}/timeline")).json()["events"]
    assert entry["timeline"] == events


def without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_none(each) for name, each in value.items() if each is not None}
    return list(map(without_none, value)) if isinstance(value, list) else value


async def test_an_export_has_credits_claims_notices_contracts_and_keys(scene: Scene) -> None:
    document = await exported(scene)
    [account] = document["accounts"]
    [credit], [claim] = account["credits"], account["claims"]
    assert credit["basis"]["ticket_number"] == scene.open
    assert credit["held"]["until"] > credit["earned_at"]
    assert (claim["statement"], claim["credits"]) == (FILED, [credit["id"]])
    assert {each["to"].lower() for each in account["notices"]} == {MIA.lower()}
    assert [each["as"] for each in account["contract"]] == ["contacts.billing"]
    kinds = {each["kind"]: each for each in document["credentials"]}
    assert kinds.keys() == {"api_key", "token"}
    assert kinds["api_key"]["id"] == scene.key.id


@pytest.mark.parametrize("form", ["json", "html"])
async def test_an_export_has_nothing_internal_and_nothing_of_others(
    scene: Scene, form: str
) -> None:
    text = (await scene.call("operator").post(PATH, requester=MIA, format=form)).text
    assert scene.open in text
    for marker in (SECRET, ALIEN, LEO, scene.key.secret, "add_note", "note_added"):
        assert marker not in text, marker


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
async def test_only_an_operator_exports(scene: Scene, role: Role) -> None:
    response = await scene.call(role).post(PATH, requester=MIA)
    if role is Role.OPERATOR:
        assert response.status_code == 200
    else:
        problem(response, 403, "wrong-role")
        assert scene.open not in response.text


async def test_an_operator_of_an_account_exports_what_that_account_holds(scene: Scene) -> None:
    document = await exported(scene, who="second")
    assert [each["ticket"]["number"] for each in document["tickets"]] == [scene.elsewhere]
    assert (document["accounts"], document["limited_to"]) == ([], [SECOND])
    assert "credentials" not in document or document["credentials"] == []


async def test_a_stranger_gets_an_empty_export(scene: Scene) -> None:
    document = await exported(scene, STRANGER)
    assert [document[name] for name in ("tickets", "accounts", "credentials", "missing")] == [
        [],
        [],
        [],
        [],
    ]
    assert document["complete"] is True
    assert {each["kind"] for each in document["withheld"]} == set(Kind)
    assert "no requests" in await page(scene, STRANGER)


async def test_the_address_is_in_the_body_and_has_to_be_one(scene: Scene) -> None:
    operator = scene.call("operator")
    problem(await operator.post(PATH, requester="Mia"), 422, "invalid-request")
    problem(
        await operator.post(f"{PATH}?requester={STRANGER}", address=MIA), 422, "invalid-request"
    )


async def test_the_document_is_valid_by_its_schema(scene: Scene) -> None:
    document = await exported(scene)
    jsonschema_rs.validator_for(export_schema()).validate(document)
    assert PersonalData.model_validate(document).tickets
    assert (document["format"], document["version"]) == ("durable-desk/personal-data", 1)


class Tags(HTMLParser):
    """The tags of a page, and what it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "action")]


async def test_the_page_escapes_texts_and_loads_nothing(scene: Scene) -> None:
    text = await page(scene)
    found = Tags(text)
    assert found.tags.isdisjoint({"script", "img", "iframe", "link", "form", "object"})
    assert all(target.startswith("#") for target in found.loads)
    assert text.count("&lt;script&gt;") >= 2
    assert SCRIPT not in text


async def test_the_page_comes_with_a_policy_that_allows_its_style_only(scene: Scene) -> None:
    response = await scene.call("operator").post(PATH, requester=MIA, format="html")
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "'sha256-" in policy
    assert response.headers["cache-control"] == "no-store"


async def test_each_export_is_in_the_audit_log_without_the_address(scene: Scene) -> None:
    scene.audit.clear()
    await exported(scene)
    await scene.call("agent").post(PATH, requester=MIA.lower())
    written, refused = map(json.loads, scene.audit)
    assert written["operation"] == refused["operation"] == "export_personal_data"
    assert (written["outcome"], written["count"]) == ("accepted", 3)
    assert (refused["outcome"], "count" in refused) == ("refused", False)
    assert written["actor"]["role"] == "operator"
    assert written["subject"] == refused["subject"]
    assert re.fullmatch(r"person:[0-9a-f]{16}", written["subject"])
    assert b"kelp.example" not in b"".join(scene.audit).lower()


class BrokenContracts:
    """The contract directory while it cannot be read."""

    async def accounts(self, policies: object) -> tuple[str, ...]:
        raise ContractUnavailable("down")

    async def find(self, account: str) -> Any:
        raise ContractUnavailable("down")


async def test_a_part_that_cannot_be_read_is_named_and_makes_the_export_incomplete(
    scene: Scene, desk: WorkflowEnvironment
) -> None:
    exporter = Exporter(desk.client, BrokenContracts(), (), BoundCredentials(), scene.exporter._now)
    text = "".join([part async for part in json_parts(await exporter.begin(MIA, [OURS]))])
    document = json.loads(text)
    assert document["complete"] is False
    assert document["missing"] == [{"part": "contract", "name": OURS, "why": "unavailable"}]
    assert len(document["tickets"]) == 2
    text = "".join([part async for part in page_parts(await exporter.begin(MIA, [OURS]))])
    assert "This document is incomplete" in text
