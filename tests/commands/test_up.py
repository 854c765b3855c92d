"""`desk up` from end to end: real processes, a real server, HTTP, e-mail, signals."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from bootstrap.exit_codes import ExitCode
from bootstrap.tcp_ports import is_free
from proof.canonical import canonical
from proof.signing import ProofKey, PublicKey
from proof.verification import verify
from tests.commands.processes.desk_process import RunningDesk, is_alive, run_desk, wait_until_gone
from tests.polling import eventually
from tests.ports import free_port, free_ports

REQUEST = {
    "account": "harbour-media",
    "requester": {"name": "Kim Harbour", "email": "kim@harbour-media.example"},
    "channel": "email",
    "subject": "The editor stays blank",
    "description": "Since this morning the editor opens without any text.",
}


@pytest.fixture(scope="module")
def in_memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk with tickets in memory, for all tests that leave it running."""
    with RunningDesk(tmp_path_factory.mktemp("in_memory"), "--ephemeral") as desk:
        yield desk


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk with tickets in a file."""
    with RunningDesk(tmp_path_factory.mktemp("on_disk")) as desk:
        yield desk


def test_a_ticket_is_opened_over_http_and_its_mail_is_caught(in_memory: RunningDesk) -> None:
    opened = in_memory.request("POST", "/tickets", "service", **REQUEST)
    assert opened["stage"] == "received"
    assert opened["next_due"]
    in_memory.wait_for_output("Mail to kim@harbour-media.example: .*The editor stays blank")
    [mail, *_] = (in_memory.state / "mail").glob("*.eml")
    assert b"kim@harbour-media.example" in mail.read_bytes()


def test_tokens_are_generated_and_shown(in_memory: RunningDesk) -> None:
    in_memory.wait_for_output("Ctrl-C stops everything")
    tokens = json.loads((in_memory.state / "tokens.json").read_text())
    assert {actor["role"] for actor in tokens.values()} == {
        "agent",
        "service",
        "requester",
        "engineering",
        "product",
        "operator",
        "account_manager",
    }
    for token, actor in tokens.items():
        assert f"{actor['role'].upper()}={token}" in in_memory.output
    assert f"curl -s http://127.0.0.1:{in_memory.port}/tickets" in in_memory.output


def test_only_its_owner_can_read_the_tokens(in_memory: RunningDesk) -> None:
    assert (in_memory.state / "tokens.json").stat().st_mode & 0o777 == 0o600
    assert in_memory.state.stat().st_mode & 0o777 == 0o700


def test_proofs_are_signed_by_a_key_of_its_own_that_only_its_owner_can_read(
    in_memory: RunningDesk,
) -> None:
    file = in_memory.state / "proof-key"
    published = httpx.get(f"http://127.0.0.1:{in_memory.port}/proof-key").json()
    assert published["key"] == ProofKey(file.read_text().strip()).public.text
    assert file.stat().st_mode & 0o777 == 0o600
    number = in_memory.request("POST", "/tickets", "service", **REQUEST)["number"]
    proof = in_memory.request("GET", f"/tickets/{number}/proof", "service")
    report = verify(canonical(proof), PublicKey(published["key"]))
    assert report.holds, report.findings


def test_the_banner_shows_all_addresses(in_memory: RunningDesk) -> None:
    for place in (
        f"http://127.0.0.1:{in_memory.port}",
        f"http://127.0.0.1:{in_memory.ui_port}",
        f"http://127.0.0.1:{in_memory.port}/docs",
        "DESK_MAIL_HOST is not set",
        "by e-mail, because DESK_PAGER_URL is not set",
        "in memory",
    ):
        assert place in in_memory.output


@pytest.mark.fault(64)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8233", "127.0.0.1.evil.example"])
def test_the_temporal_ui_refuses_foreign_hosts(in_memory: RunningDesk, host: str) -> None:
    ui = f"http://127.0.0.1:{in_memory.ui_port}"
    for path in ("/", "/api/v1/namespaces"):
        refused = httpx.get(f"{ui}{path}", headers={"Host": host}, trust_env=False)
        assert refused.status_code == 421
        assert "namespace" not in refused.text


@pytest.mark.fault(64)
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
async def test_the_temporal_ui_is_served_on_loopback(in_memory: RunningDesk, host: str) -> None:
    ui = f"http://127.0.0.1:{in_memory.ui_port}"
    own = {"Host": f"{host}:{in_memory.ui_port}"}
    async with httpx.AsyncClient(base_url=ui, headers=own, trust_env=False) as http:
        page = await http.get("/", follow_redirects=False)
        assert page.status_code in (200, 302, 307)
        # The UI tries again after a second if it came up before the server.
        found = await eventually(
            lambda: http.get("/api/v1/namespaces?pageSize=10"), lambda r: r.status_code == 200
        )
        names = [each["namespaceInfo"]["name"] for each in found.json()["namespaces"]]
        assert "default" in names


@pytest.mark.fault(64)
def test_the_temporal_ui_behind_the_front_is_not_on_the_usual_address(
    in_memory: RunningDesk,
) -> None:
    words = Path(f"/proc/{in_memory.server}/cmdline").read_bytes().decode().split("\0")
    address = words[words.index("--ui-ip") + 1]
    assert address.startswith("127.")
    assert address != "127.0.0.1"


def test_tickets_in_memory_leave_no_database(in_memory: RunningDesk) -> None:
    assert not list(in_memory.state.glob("*.db*"))


def test_a_second_desk_on_the_same_state_is_refused(on_disk: RunningDesk) -> None:
    done = run_desk("up", "--state-dir", on_disk.state)
    assert done.returncode == ExitCode.STATE_IN_USE
    assert f"desk up: process {on_disk.process.pid}" in done.stderr
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
def test_a_port_that_is_taken_is_named_with_its_settings(
    option: str, variable: str, tmp_path: Path
) -> None:
    first, second = free_ports(2)
    ports = {"--port": first, "--ui-port": second, "--temporal-port": free_port()}
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        ports[option] = squatter.getsockname()[1]
        chosen = [word for pair in ports.items() for word in pair]
        done = run_desk("up", "--state-dir", tmp_path / "state", *chosen)
    assert done.returncode == ExitCode.PORT_TAKEN
    assert done.stderr.startswith(f"Port {ports[option]} on 127.0.0.1 is already in use")
    assert f"{option} or {variable}" in done.stderr


async def test_a_ticket_and_its_timer_survive_a_kill(on_disk: RunningDesk) -> None:
    opened = on_disk.request("POST", "/tickets", "service", **REQUEST)
    tokens, key = ((on_disk.state / name).read_bytes() for name in ("tokens.json", "proof-key"))
    server = on_disk.server

    on_disk.process.kill()
    on_disk.process.wait()
    wait_until_gone(server)
    on_disk.start()

    assert (on_disk.state / "tokens.json").read_bytes() == tokens
    assert (on_disk.state / "proof-key").read_bytes() == key
    path = f"/tickets/{opened['number']}"
    found = on_disk.request("GET", path)
    assert found["clocks"] == opened["clocks"]
    assert found["next_due"] == opened["next_due"]
    assert await timers(on_disk, opened["number"]) == (1, 0)
    answer = on_disk.request(
        "POST", f"{path}/respond", message="Looking into it.", outcomes=["escalation"]
    )
    assert answer["stage"] == "triage"


async def timers(desk: RunningDesk, number: str) -> tuple[int, int]:
    """The number of timers the ticket started, and how many of them have ended."""
    client = await Client.connect(f"127.0.0.1:{desk.temporal_port}")
    history = await client.get_workflow_handle(f"ticket/{number}").fetch_history()
    kinds = [event.event_type for event in history.events]
    ended = (EventType.EVENT_TYPE_TIMER_CANCELED, EventType.EVENT_TYPE_TIMER_FIRED)
    return kinds.count(EventType.EVENT_TYPE_TIMER_STARTED), sum(map(kinds.count, ended))


@pytest.mark.parametrize(("signal_", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_stops_it_in_order_and_leaves_no_process(
    signal_: signal.Signals, code: int, tmp_path: Path
) -> None:
    with RunningDesk(tmp_path, "--ephemeral") as desk:
        server = desk.server
        assert desk.stop(signal_) == code
        assert not is_alive(server)
        assert is_free("127.0.0.1", desk.port)
        assert is_free("127.0.0.1", desk.temporal_port)
        assert "Traceback" not in desk.output
        assert "Error" not in desk.output


def test_a_second_signal_stops_it_at_once_and_leaves_no_process(tmp_path: Path) -> None:
    with RunningDesk(tmp_path, "--ephemeral") as desk:
        server = desk.server
        desk.process.send_signal(signal.SIGINT)
        desk.wait_for_output("repeat the signal to stop at once")
        assert desk.stop(signal.SIGINT) == ExitCode.INTERRUPTED
        wait_until_gone(server)


def test_if_the_server_exits_everything_stops_with_a_message(tmp_path: Path) -> None:
    with RunningDesk(tmp_path, "--ephemeral") as desk:
        os.kill(desk.server, signal.SIGKILL)
        assert desk.process.wait(20) == ExitCode.SERVER_ENDED
        assert "The Temporal server exited unexpectedly (code -9)" in desk.output
        assert "Traceback" not in desk.output


def test_an_error_in_the_tokens_names_their_file(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "tokens.json").write_text('{"a token": {}}')
    done = run_desk("up", "--ephemeral", "--state-dir", state, *some_ports())
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert str(state / "tokens.json") in done.stderr
    assert "a token" not in done.stderr


def test_an_unusable_state_directory_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    done = run_desk("up", "--state-dir", file)
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert done.stderr.startswith("DESK_STATE_DIR: ")


def some_ports() -> list[Any]:
    api, ui, temporal = free_ports(3)
    return ["--port", api, "--ui-port", ui, "--temporal-port", temporal]
