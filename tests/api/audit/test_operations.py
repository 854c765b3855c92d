"""Every operation in docs/audit.md has entries, and no entry has another operation."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from fastapi import FastAPI
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from typer.testing import CliRunner

from api.audit.log import AuditLog
from api.codec.app import create_codec_app
from api.gate.gate import is_public
from api.identity.grantable import ERASE_PERSONAL_DATA, EXPORT_PERSONAL_DATA
from commands.announce import BEGIN, CANCEL, announce
from commands.credentials.keys import app as desk_keys
from encryption.codec import EncryptionCodec
from settings import ROOT
from tests.api.caller import Caller, authenticator, make_app
from tests.docs.pages import API, rows_of
from tests.encryption.keys import ring
from tests.harness import temporal_variables
from tests.workflows.announcement.announcing import revision
from tests.workflows.announcement.policy_files import write_desk

AUDIT = API.with_name("audit.md")
VALUES = {"number": "0000-0000-000Z", "account": "nowhere", "policy": "none", "entry": "x-1"}


def documented() -> list[str]:
    """The operations in the table of the document, row by row."""
    return [name for row in rows_of(AUDIT, "Operations") for name in re.findall(r"`(\w+)`", row[0])]


def operations(lines: list[bytes]) -> list[str]:
    found = [json.loads(line)["operation"] for line in lines]
    lines.clear()
    return found


def requests_of(app: FastAPI) -> dict[str, tuple[str, str]]:
    """Method and path of each operation of an API that needs a token."""
    paths: dict[str, dict[str, Any]] = app.openapi()["paths"]
    return {
        operation["operationId"]: (method.upper(), path.format_map(VALUES | {"slug": "x"}))
        for path, methods in paths.items()
        for method, operation in methods.items()
        if not is_public(path) and not path.startswith("/problems")
    }


async def sent(app: FastAPI, method: str, path: str, token: str | None) -> httpx.Response:
    body: dict[str, Any] | None = {} if method == "POST" else None
    return await Caller(app, token).http.request(method, path, json=body)


async def of_routes(app: FastAPI, lines: list[bytes], token: str) -> set[str]:
    """The operations that are recorded when every route gets a request: each its own, also if the
    request is refused.
    """
    recorded = set()
    for operation, (method, path) in requests_of(app).items():
        await sent(app, method, path, token)
        assert operations(lines) == [operation], f"{method} {path}"
        recorded.add(operation)
    return recorded


def of_commands(directory: Path) -> set[str]:
    """The operations that `desk keys` records."""
    log = directory / "audit.jsonl"
    given = {"DESK_KEYS_FILE": str(directory / "keys.db"), "DESK_AUDIT_LOG": str(log)}

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(desk_keys, arguments, env=given)
        assert done.exit_code == 0, done.output
        return done.stdout.strip()

    key = run("create", "bot", "--role", "agent", "--all-accounts")
    run("rotate", key)
    run("revoke", key)
    return {*operations(log.read_bytes().splitlines())}


async def of_announcements(directory: Path, client: Client) -> set[str]:
    """The operations that `desk announce` records."""
    log, day = directory / "announcements.jsonl", revision()
    given = write_desk(directory, day) | {
        **temporal_variables(client),
        "DESK_TASK_QUEUE": "nobody",
        "DESK_AUDIT_LOG": str(log),
    }
    app = typer.Typer()
    app.command()(announce)
    for options in ([], ["--cancel"]):
        arguments = ["cention", "--revision", str(day), "--no-wait", *options]
        await asyncio.to_thread(CliRunner().invoke, app, arguments, env=given)
    await client.get_workflow_handle(f"announcement/cention/{day}").terminate()
    return {*operations(log.read_bytes().splitlines())}


@pytest.fixture
def lines() -> list[bytes]:
    return []


async def test_every_operation_of_the_table_is_recorded_and_no_other(
    desk: WorkflowEnvironment, mailer: object, lines: list[bytes], tmp_path: Path
) -> None:
    del mailer
    app = make_app(desk.client, audit=AuditLog(lines.append))
    codec = create_codec_app(
        EncryptionCodec(ring(tmp_path)), authenticator(), audit=AuditLog(lines.append)
    )
    recorded = await of_routes(app, lines, "agent-token")
    for path in ("/decode", "/encode"):
        await sent(codec, "POST", path, "operator-token")
    await sent(app, "GET", "/tickets", None)
    await sent(app, "GET", "/nowhere", "agent-token")
    await sent(app, "DELETE", "/tickets", "agent-token")
    await sent(app, "HEAD", "/me", "agent-token")
    *others, head = operations(lines)
    assert head == "read_me"
    assert others[2:] == ["authenticate", "unknown", "unknown"]
    announcements = await of_announcements(tmp_path, desk.client)
    table = documented()
    assert len(table) == len({*table})
    assert {*table} == recorded | {*others} | announcements | of_commands(tmp_path)


def test_no_command_records_an_operation_that_is_not_in_the_table() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "commands").rglob("*.py")]
    named = {name for text in sources for name in re.findall(r'_audited\("(\w+)"', text)}
    assert named == {"create_key", "rotate_key", "revoke_key"}
    others = {EXPORT_PERSONAL_DATA, ERASE_PERSONAL_DATA, BEGIN, CANCEL}
    assert named | others <= {*documented()}
    # Those of `desk keys`, `desk export` and `desk announce`. That of an erasure is made in `api/`.
    assert sum("AuditEntry(" in text for text in sources) == 3
