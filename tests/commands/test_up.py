"""`desk up` as people run it: real processes, a real server, HTTP, mails, signals."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from bootstrap.exit_codes import ExitCode
from bootstrap.tcp_ports import is_free
from tests.commands.processes.desk_process import RunningDesk, is_alive, run_desk, wait_until_gone
from tests.ports import free_port, free_ports

REQUEST = {
    "account": "harbour-media",
    "requester": {"name": "Kim Harbour", "email": "kim@harbour-media.example"},
    "channel": "email",
    "subject": "The editor stays blank",
    "description": "Since this morning the editor opens without any text.",
}


@pytest.fixture(scope="module")
def passing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk whose tickets are in memory; one for all tests that leave it running."""
    with RunningDesk(tmp_path_factory.mktemp("passing"), "--ephemeral") as desk:
        yield desk


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk whose tickets are in a file."""
    with RunningDesk(tmp_path_factory.mktemp("lasting")) as desk:
        yield desk


def test_a_ticket_is_opened_over_http_and_its_mail_is_caught(passing: RunningDesk) -> None:
    opened = passing.request("POST", "/tickets", "service", **REQUEST)
    assert opened["stage"] == "received"
    assert opened["next_due"]
    passing.wait_for_output("Mail to kim@harbour-media.example: .*The editor stays blank")
    [mail, *_] = (passing.state / "mail").glob("*.eml")
    assert b"kim@harbour-media.example" in mail.read_bytes()


def test_everybody_in_the_process_has_a_token_and_it_is_shown(passing: RunningDesk) -> None:
    passing.wait_for_output("Ctrl-C stops everything")
    tokens = json.loads((passing.state / "tokens.json").read_text())
    assert {actor["role"] for actor in tokens.values()} == {
        "agent",
        "service",
        "requester",
        "engineering",
        "product",
        "operator",
    }
    for token, actor in tokens.items():
        assert f"{actor['role'].upper()}={token}" in passing.output
    assert f"curl -s http://127.0.0.1:{passing.port}/tickets" in passing.output


def test_only_its_owner_can_read_the_tokens(passing: RunningDesk) -> None:
    assert (passing.state / "tokens.json").stat().st_mode & 0o777 == 0o600
    assert passing.state.stat().st_mode & 0o777 == 0o700


def test_it_says_where_everything_is(passing: RunningDesk) -> None:
    for place in (
        f"http://127.0.0.1:{passing.port}",
        f"http://127.0.0.1:{passing.ui_port}",
        "DESK_MAIL_HOST is not set",
        "by mail, because DESK_PAGER_URL is not set",
        "in memory",
    ):
        assert place in passing.output


def test_tickets_in_memory_leave_no_database(passing: RunningDesk) -> None:
    assert not list(passing.state.glob("*.db*"))


def test_a_second_desk_on_the_same_state_is_refused(lasting: RunningDesk) -> None:
    done = run_desk("up", "--state-dir", lasting.state)
    assert done.returncode == ExitCode.STATE_IN_USE
    assert f"desk up: process {lasting.process.pid}" in done.stderr
    assert "DESK_STATE_DIR" in done.stderr
    assert "--ephemeral" in done.stderr


@pytest.mark.parametrize(
    ("option", "variable"),
    [
        ("--port", "DESK_API_PORT"),
        ("--ui-port", "DESK_UI_PORT"),
        ("--temporal-port", "DESK_TEMPORAL_PORT"),
    ],
)
def test_a_port_that_is_taken_is_named_with_what_changes_it(
    option: str, variable: str, tmp_path: Path
) -> None:
    first, second = free_ports(2)
    ports = {"--port": first, "--ui-port": second, "--temporal-port": free_port()}
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        ports[option] = squatter.getsockname()[1]
        chosen = [word for pair in ports.items() for word in pair]
        done = run_desk("up", "--state-dir", tmp_path / "state", *chosen)
    assert done.returncode == ExitCode.PORT_TAKEN
    assert done.stderr.startswith(f"Port {ports[option]} on 127.0.0.1 is taken")
    assert f"{option} or {variable}" in done.stderr


async def test_a_ticket_and_its_timer_survive_a_kill(lasting: RunningDesk) -> None:
    opened = lasting.request("POST", "/tickets", "service", **REQUEST)
    tokens = (lasting.state / "tokens.json").read_bytes()
    server = lasting.server

    lasting.process.kill()
    lasting.process.wait()
    wait_until_gone(server)
    lasting.start()

    assert (lasting.state / "tokens.json").read_bytes() == tokens
    path = f"/tickets/{opened['number']}"
    found = lasting.request("GET", path)
    assert found["clocks"] == opened["clocks"]
    assert found["next_due"] == opened["next_due"]
    assert await timers(lasting, opened["number"]) == (1, 0)
    answer = lasting.request(
        "POST", f"{path}/respond", message="Looking into it.", outcomes=["escalation"]
    )
    assert answer["stage"] == "triage"


async def timers(desk: RunningDesk, number: str) -> tuple[int, int]:
    """How many timers the ticket has started, and how many of them no longer run."""
    client = await Client.connect(f"127.0.0.1:{desk.temporal_port}")
    history = await client.get_workflow_handle(f"ticket/{number}").fetch_history()
    kinds = [event.event_type for event in history.events]
    ended = (EventType.EVENT_TYPE_TIMER_CANCELED, EventType.EVENT_TYPE_TIMER_FIRED)
    return kinds.count(EventType.EVENT_TYPE_TIMER_STARTED), sum(map(kinds.count, ended))


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_in_good_order_and_leaves_no_process(
    how: signal.Signals, code: int, tmp_path: Path
) -> None:
    with RunningDesk(tmp_path, "--ephemeral") as desk:
        server = desk.server
        assert desk.stop(how) == code
        assert not is_alive(server)
        assert is_free("127.0.0.1", desk.port)
        assert is_free("127.0.0.1", desk.temporal_port)
        assert "Traceback" not in desk.output
        assert "Error" not in desk.output


def test_told_twice_it_ends_at_once_and_still_leaves_no_process(tmp_path: Path) -> None:
    with RunningDesk(tmp_path, "--ephemeral") as desk:
        server = desk.server
        desk.process.send_signal(signal.SIGINT)
        desk.wait_for_output("once more to stop at once")
        assert desk.stop(signal.SIGINT) == ExitCode.INTERRUPTED
        wait_until_gone(server)


def test_when_the_server_ends_everything_ends_with_a_message(tmp_path: Path) -> None:
    with RunningDesk(tmp_path, "--ephemeral") as desk:
        os.kill(desk.server, signal.SIGKILL)
        assert desk.process.wait(20) == ExitCode.SERVER_ENDED
        assert "The Temporal server ended by itself (code -9)" in desk.output
        assert "Traceback" not in desk.output


def test_tokens_that_are_not_usable_name_their_file(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "tokens.json").write_text('{"a token": {}}')
    done = run_desk("up", "--ephemeral", "--state-dir", state, *some_ports())
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert str(state / "tokens.json") in done.stderr
    assert "a token" not in done.stderr


def test_a_state_directory_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    done = run_desk("up", "--state-dir", file)
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert done.stderr.startswith("DESK_STATE_DIR: ")


def some_ports() -> list[Any]:
    api, ui, temporal = free_ports(3)
    return ["--port", api, "--ui-port", ui, "--temporal-port", temporal]
