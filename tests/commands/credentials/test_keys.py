"""`desk keys`: a key is shown once, listed without its secret, rotated with a grace, revoked."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.audit.entry import AuditEntry
from api.identity.authenticator import TokenRefused
from api.identity.caller import Scope
from api.identity.keys.api_keys import ApiKeys
from api.identity.keys.sqlite_key_store import SqliteKeyStore
from api.identity.static_tokens import StaticTokens, parse_tokens
from bootstrap.audit import actor_of_command
from bootstrap.exit_codes import ExitCode, Failure
from commands.credentials.keys import app
from policies.vocabulary import Role
from tests.commands.processes.desk_process import run_desk

pytestmark = pytest.mark.fault(60)
SERVICE = ("crm-sync", "--role", "service", "--account", "harbour-media")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.db"


def run(file: Path, *arguments: str) -> Result:
    """One of the subcommands, in this process."""
    return CliRunner().invoke(app, arguments, env={"DESK_KEYS_FILE": str(file), "COLUMNS": "200"})


def created(file: Path, *arguments: str) -> str:
    """A new key, which is all that is on standard output."""
    done = run(file, "create", *(arguments or SERVICE))
    assert done.exit_code == 0, done.output
    key = done.stdout.strip()
    assert re.fullmatch(r"dk_\w{10}_\S{49}", key)
    return key


def listed(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(file, "list", "--json").stdout)
    return found


def id_of(key: str) -> str:
    return key.split("_")[1]


def failure(result: Result) -> Failure:
    assert isinstance(result.exception, Failure), result.output
    return result.exception


async def refusal(file: Path, key: str) -> str:
    with pytest.raises(TokenRefused) as caught:
        await ApiKeys(SqliteKeyStore(file)).authenticate(key)
    return caught.value.reason


async def test_a_new_key_stands_for_its_caller(file: Path) -> None:
    actions = ("--action", "open_ticket", "--action", "withdraw")
    key = created(file, *SERVICE, "--account", "salt-press", *actions)
    caller = await ApiKeys(SqliteKeyStore(file)).authenticate(key)
    assert caller is not None
    assert (caller.actor.id, caller.actor.name) == (id_of(key), "crm-sync")
    assert caller.accounts == frozenset({"harbour-media", "salt-press"})
    assert caller.actions == frozenset({"open_ticket", "withdraw"})


async def test_a_key_of_a_requester_sees_its_own_tickets_by_default(file: Path) -> None:
    email = ("--email", "kim@harbour.example")
    options = ("Kim", "--role", "requester", "--account", "harbour-media", *email)
    caller = await ApiKeys(SqliteKeyStore(file)).authenticate(
        created(file, *options, "--actor", "kim")
    )
    assert caller is not None
    assert (caller.actor.id, caller.actor.role) == ("kim", Role.REQUESTER)
    assert (caller.email, caller.scope) == ("kim@harbour.example", Scope.OWN)
    wide = await ApiKeys(SqliteKeyStore(file)).authenticate(
        created(file, *options[:5], "--scope", "account")
    )
    assert wide is not None
    assert wide.scope is Scope.ACCOUNT


async def test_a_read_only_key_takes_no_action(file: Path) -> None:
    key = created(file, "report", "--role", "operator", "--all-accounts", "--read-only")
    caller = await ApiKeys(SqliteKeyStore(file)).authenticate(key)
    assert caller is not None
    assert (caller.accounts, caller.actions) == (None, frozenset())


def test_a_key_is_shown_once(file: Path) -> None:
    key = created(file)
    for output in (run(file, "list").output, run(file, "list", "--json").output):
        assert id_of(key) in output
        assert key[14:] not in output
    for written in file.parent.iterdir():
        assert key[14:-6].encode() not in written.read_bytes()


def test_the_list_shows_every_limit_of_a_key(file: Path) -> None:
    created(file, *SERVICE, "--action", "open_ticket", "--expires", "30d")
    created(file, "bot", "--role", "agent", "--all-accounts", "--expires", "never")
    first, second = listed(file)
    assert (first["name"], first["role"], first["state"]) == ("crm-sync", "service", "active")
    assert (first["accounts"], first["actions"]) == (["harbour-media"], ["open_ticket"])
    assert first["last_used_at"] is None
    lifetime = datetime.fromisoformat(first["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=29) < lifetime <= timedelta(days=30)
    assert (second["accounts"], second["actions"], second["expires_at"]) == (None, None, None)
    lines = run(file, "list").stdout
    for part in (
        "accounts  harbour-media",
        "actions   open_ticket",
        "last use never",
        "expires never",
    ):
        assert part in lines
    assert max(map(len, lines.splitlines())) <= 100


async def test_a_rotated_key_keeps_its_id_and_its_rights(file: Path) -> None:
    old = created(file, *SERVICE, "--expires", "30d")
    before = listed(file)[0]
    done = run(file, "rotate", id_of(old), "--grace", "1h")
    new = done.stdout.strip()
    assert done.exit_code == 0
    assert new != old
    assert id_of(new) == id_of(old)
    for key in (old, new):
        assert await ApiKeys(SqliteKeyStore(file)).authenticate(key) is not None
    [after] = listed(file)
    varying = {"rotated_at", "previous_until", "expires_at"}
    assert {k: v for k, v in after.items() if k not in varying} == {
        k: v for k, v in before.items() if k not in varying
    }
    assert after["expires_at"] >= before["expires_at"]
    assert after["previous_until"] is not None


async def test_without_a_grace_the_previous_key_is_refused_at_once(file: Path) -> None:
    old = created(file)
    new = run(file, "rotate", old, "--grace", "0s", "--expires", "never").stdout.strip()
    assert await refusal(file, old) == "expired"
    assert await ApiKeys(SqliteKeyStore(file)).authenticate(new) is not None
    assert listed(file)[0]["expires_at"] is None


async def test_a_revoked_key_is_refused_with_its_previous_one(file: Path) -> None:
    old = created(file)
    new = run(file, "rotate", id_of(old)).stdout.strip()
    assert run(file, "revoke", new).exit_code == 0
    for key in (old, new):
        assert await refusal(file, key) == "revoked"
    assert listed(file)[0]["state"] == "revoked"
    assert "revoked" in failure(run(file, "rotate", id_of(old))).args[0]
    assert run(file, "revoke", id_of(old)).exit_code == 0


def test_every_change_of_a_key_is_audited(file: Path, tmp_path: Path) -> None:
    log = ("--audit-log", str(tmp_path / "audit.jsonl"))
    key = created(file, *SERVICE, *log)
    run(file, "rotate", id_of(key), *log)
    run(file, "revoke", id_of(key), *log)
    run(file, "revoke", "nothing", *log)
    lines = (tmp_path / "audit.jsonl").read_text().splitlines()
    entries = [AuditEntry.model_validate_json(line) for line in lines]
    assert [each.operation for each in entries] == ["create_key", "rotate_key", "revoke_key"]
    assert all(each.actor is not None and each.actor.credential for each in entries)
    assert {each.subject for each in entries} == {id_of(key)}
    assert not any(key[14:] in line for line in lines)
    assert {each.actor and each.actor.credential for each in entries} == {
        actor_of_command().credential
    }
    on_terminal = run(file, "create", *SERVICE, "--audit-log", "-")
    assert '"operation":"create_key"' in on_terminal.stderr
    assert on_terminal.stdout.startswith("dk_")


def test_without_a_log_nothing_is_changed(file: Path, tmp_path: Path) -> None:
    failed = failure(run(file, "create", *SERVICE, "--audit-log", str(tmp_path / "no" / "log")))
    assert failed.code == ExitCode.BAD_SETTINGS
    assert not file.exists()


@pytest.mark.parametrize("command", ["rotate", "revoke"])
def test_a_key_that_does_not_exist_is_not_quoted(file: Path, command: str) -> None:
    created(file)
    failed = failure(run(file, command, "dk-a-secret"))
    assert failed.code == ExitCode.FAILED
    assert "dk-a-secret" not in str(failed)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--role", "agent", "--all-accounts", "--action", "fly"), "cannot fly"),
        (("--role", "agent", "--all-accounts", "--action", "record_outage"), "record_outage"),
        (("--role", "system", "--all-accounts"), "'system' is the workflow itself"),
        (("--role", "requester", "--all-accounts", "--scope", "account"), "needs an account"),
        (("--role", "requester", "--account", "a"), "needs an email"),
        (
            ("--role", "agent", "--account", "a", "--scope", "own"),
            "the scope own is for requesters",
        ),
        (("--role", "agent", "--account", "No Slug"), "--account: "),
        (("--role", "agent", "--account", "a", "--email", "kim"), "--email: "),
        (("--role", "agent", "--account", "a", "--scope", "all"), "--scope: "),
        (("--role", "agent", "--account", "a", "--actor", "two\nlines"), "--actor: "),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(
    file: Path, options: tuple[str, ...], message: str
) -> None:
    failed = failure(run(file, "create", "x", *options))
    assert failed.code == ExitCode.USAGE
    assert message in str(failed)
    assert not file.exists()


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--account", "a", "--all-accounts"),
        ("--account", "a", "--action", "assign", "--read-only"),
        ("--account", "a", "--expires", "soon"),
        ("--account", "a", "--expires", "90"),
        ("--account", "a", "--expires", "0d"),
    ],
)
def test_options_that_contradict_each_other_are_a_usage_error(
    file: Path, options: tuple[str, ...]
) -> None:
    assert run(file, "create", "x", "--role", "agent", *options).exit_code == ExitCode.USAGE
    assert not file.exists()


@pytest.mark.parametrize("grace", ["31d", "never", "x"])
def test_a_grace_has_an_end(file: Path, grace: str) -> None:
    key = created(file)
    assert run(file, "rotate", id_of(key), "--grace", grace).exit_code == ExitCode.USAGE


def test_a_file_that_cannot_be_used_is_named_with_exit_code_78(tmp_path: Path) -> None:
    done = run_desk("keys", "list", "--file", tmp_path / "none.db")
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert "none.db cannot be used: No such file" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_file_the_setting_is_named() -> None:
    done = run_desk("keys", "list")
    assert done.returncode == ExitCode.USAGE
    assert "DESK_KEYS_FILE" in done.stderr


class TestHashToken:
    TOKEN = "a-token-of-more-than-twenty-characters"

    def hashed(self, text: str) -> Result:
        return CliRunner().invoke(app, ["hash-token"], input=text)

    async def test_the_hash_takes_the_place_of_the_token(self) -> None:
        done = self.hashed(f"{self.TOKEN}\n")
        configured = {done.stdout.strip(): {"id": "ada", "role": "agent"}}
        assert self.TOKEN not in done.output
        tokens = StaticTokens(parse_tokens(configured))
        assert await tokens.authenticate(self.TOKEN) is not None

    @pytest.mark.parametrize(
        ("text", "message"),
        [("", "has 0 characters"), ("short", "has 5 characters"), (f"two {TOKEN}", "is not a")],
    )
    def test_a_token_that_can_be_guessed_or_not_be_sent_is_refused(
        self, text: str, message: str
    ) -> None:
        failed = failure(self.hashed(text))
        assert failed.code == ExitCode.USAGE
        assert message in str(failed)
        assert self.TOKEN not in str(failed)
