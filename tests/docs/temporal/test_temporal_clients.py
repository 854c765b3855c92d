"""docs/temporal-clients.md: its Python clients run as they are, and what it promises is kept."""

import asyncio
import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from encryption.master_keys import new_master_key
from settings import ROOT
from tests.docs.pages import blocks, rows_of
from tests.docs.temporal.promise import FOLDER, breaches, current
from tests.histories.record import releases
from workflows.client.tickets import TicketClient
from workflows.ticket.model.ticket_number import number_of_key
from workflows.ticket.model.ticket_request import OPENERS, TicketRequest, TicketStart

PAGE = ROOT / "docs" / "temporal-clients.md"
PROMISES = sorted(FOLDER.glob("*.json"))
LONGEST_CLIENT = 20
OUTPUT = re.compile(r"([0-9A-Z-]{14}) next due (20\S+)\ntriage\n")
RUN = """
import os, runpy, sys
runpy.run_path(sys.argv[1], run_name="__main__")
sys.stdout.flush()
os._exit(0)
"""
"""Runs a program and leaves without shutting the interpreter down: the threads of the SDK may crash
a short program then, after its last line.
"""


def block(language: str, place: int = 0) -> str:
    return blocks(PAGE, language)[place].text


async def run(
    *command: str | Path, address: str = "", directory: Path = ROOT, **variables: str
) -> str:
    """The output of a program, which must succeed."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=directory,
        env={**os.environ, "TEMPORAL_ADDRESS": address, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


async def opens_acts_and_reads(
    desk: WorkflowEnvironment, *command: str | Path, directory: Path
) -> None:
    """Runs a client; the ticket that it opened has its action."""
    address = desk.client.service_client.config.target_host
    printed = OUTPUT.fullmatch(await run(*command, address=address, directory=directory))
    assert printed
    events = await TicketClient(desk.client).timeline(printed[1])
    assert [(event.type, event.by.id) for event in events] == [
        ("opened", "billing"),
        ("responded", "ada"),
        ("escalated", "ada"),
    ]


@pytest.mark.usefixtures("media")
async def test_the_python_client_opens_acts_on_and_reads_a_ticket(
    desk: WorkflowEnvironment, tmp_path: Path
) -> None:
    client = tmp_path / "client.py"
    client.write_text(block("python"))
    # Elsewhere, so that it imports nothing of this project.
    program = (sys.executable, "-I", "-c", RUN, client)
    await opens_acts_and_reads(desk, *program, directory=tmp_path)


@pytest.fixture
def keys_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that the client with keys names, in the current directory."""
    monkeypatch.chdir(tmp_path)
    for folder in (".desk", "secrets"):
        Path(folder).mkdir(mode=0o700)
    keys = Path("secrets/master-keys.json")
    keys.touch(mode=0o600)
    keys.write_text(json.dumps({"first": new_master_key()}))


@pytest.mark.usefixtures("keys_of_the_page")
async def test_the_python_client_with_keys_encrypts(desk: WorkflowEnvironment) -> None:
    namespace: dict[str, Any] = {}
    exec(block("python", 2), namespace)  # the page is part of this repository
    client = await namespace["connect"](desk.client.service_client.config.target_host)
    [payload] = await client.data_converter.encode(["a secret"])
    assert payload.metadata["encoding"] == b"binary/encrypted"
    assert await client.data_converter.decode([payload]) == ["a secret"]


@pytest.mark.parametrize("language", ["python", "typescript"])
def test_a_client_is_short(language: str) -> None:
    body = block(language).partition("main()")[2].rpartition("main()")[0]
    assert 0 < len(body.splitlines()) <= LONGEST_CLIENT


def test_the_number_of_a_key_is_computed_as_the_page_says() -> None:
    namespace: dict[str, Any] = {}
    exec(block("python", 1), namespace)  # the page is part of this repository
    shown = namespace["number"]("k-1", "billing", "harbour-media")
    assert shown == number_of_key("billing", "harbour-media", "k-1")


def test_the_page_names_the_fields_and_the_refusals_that_there_are() -> None:
    fields = [row[0].strip("`") for row in rows_of(PAGE, "Opening")]
    assert set(fields) == TicketStart.model_fields.keys() - TicketRequest.model_fields.keys()
    assert ", ".join(f"`{role}`" for role in OPENERS[:3]) in PAGE.read_text()
    refusals = [row[0].strip("`") for row in rows_of(PAGE, "Refusals")]
    assert refusals == current()["refusals"]
    queries = [row[0].strip("`") for row in rows_of(PAGE, "Reading")]
    assert queries == current()["queries"]


@pytest.mark.parametrize("path", PROMISES, ids=lambda path: path.stem)
def test_the_promise_of_a_release_is_kept(path: Path) -> None:
    assert breaches(json.loads(path.read_text()), current()) == []


def test_every_release_has_its_promise() -> None:
    assert PROMISES
    assert set(releases()) <= {path.stem for path in PROMISES}


def promised() -> dict[str, Any]:
    promise: dict[str, Any] = json.loads(PROMISES[-1].read_text())
    return promise


def without_facts(now: dict[str, Any]) -> None:
    del now["inputs"]["opening"]["properties"]["facts"]


def kind_needed(now: dict[str, Any]) -> None:
    now["inputs"]["opening"]["required"].append("kind")


def fewer_outcomes(now: dict[str, Any]) -> None:
    now["inputs"]["respond"]["$defs"]["Outcome"]["enum"].remove("escalation")


def no_null_kind(now: dict[str, Any]) -> None:
    now["inputs"]["opening"]["properties"]["kind"] = {"type": "string"}


def text_numbers(now: dict[str, Any]) -> None:
    now["answers"]["events"]["$defs"]["Event"]["properties"]["seq"]["type"] = "string"


def stage_may_be_missing(now: dict[str, Any]) -> None:
    now["answers"]["ticket"]["required"].remove("stage")


def another_queue(now: dict[str, Any]) -> None:
    now["task_queue"] = "tickets"


def no_timeline(now: dict[str, Any]) -> None:
    now["queries"].remove("timeline")


def no_respond(now: dict[str, Any]) -> None:
    del now["inputs"]["respond"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (without_facts, "opening.facts is gone"),
        (kind_needed, "opening: ['kind'] are needed"),
        (fewer_outcomes, "respond.content.outcomes[]: ['escalation'] are refused"),
        (no_null_kind, "opening.kind: the types are ['string'], no longer ['null', 'string']"),
        (text_numbers, "events[].seq: the types are ['string'], no longer ['integer']"),
        (stage_may_be_missing, "ticket: ['stage'] can be missing"),
        (another_queue, "task_queue: is tickets"),
        (no_timeline, "queries: timeline is gone"),
        (no_respond, "respond is gone"),
    ],
)
def test_a_change_that_would_break_clients_is_found(change: Any, says: str) -> None:
    now = copy.deepcopy(promised())
    change(now)
    assert breaches(promised(), now) == [says]


def test_a_new_optional_field_and_a_new_word_break_nothing() -> None:
    now = copy.deepcopy(promised())
    now["inputs"]["opening"]["properties"]["wish"] = {"type": "string"}
    now["answers"]["events"]["$defs"]["EventType"]["enum"].append("wished")
    now["answers"]["ticket"]["properties"]["wish"] = {"type": "string"}
    now["updates"].append("wish")
    assert breaches(promised(), now) == []
