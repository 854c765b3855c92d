"""The credentials of a deployment: all kinds side by side, and errors in their files at start."""

import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.identity.keys.key_text import KeyText
from api.identity.keys.sqlite_key_store import SqliteKeyStore
from api.identity.static_tokens import TokenActor
from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.identity import identity_of
from commands.processes.api_process import check_files
from policies.vocabulary import Role
from settings import ROOT, Settings
from tests.api.identity.keys.sample_keys import key

EXAMPLE = ROOT / "deploy" / "oidc" / "example.yaml"
STATIC = {SecretStr("dk_static.to.ken"): TokenActor(id="ada", role=Role.AGENT)}


async def test_every_kind_of_token_is_accepted_beside_the_others(tmp_path: Path) -> None:
    settings = Settings(keys_file=tmp_path / "keys.db", oidc_file=EXAMPLE, tokens=STATIC)
    identity = identity_of(settings)
    text = KeyText.new()
    SqliteKeyStore(tmp_path / "keys.db").add(key(text, expires_at=None))
    for token, id in ((text.text, "crm-sync"), ("dk_static.to.ken", "ada")):
        caller = await identity.authenticator.authenticate(token)
        assert caller is not None
        assert caller.actor.id == id
    assert await identity.authenticator.authenticate("unknown") is None
    background = identity.background()
    assert len(background) == 2
    for each in background:
        each.close()


async def test_tokens_and_agents_are_followed_while_the_api_runs(tmp_path: Path) -> None:
    tokens, agents = tmp_path / "tokens.json", tmp_path / "agents.yaml"
    ada = {"id": "ada", "role": "agent", "email": "ada@desk.example"}
    tokens.write_text(json.dumps({"one": ada}), encoding="utf-8")
    agents.write_text("agents: [{id: bo, name: Bo, email: bo@desk.example}]", encoding="utf-8")
    identity = identity_of(Settings(tokens_file=tokens, agents_file=agents))
    assert [agent.id for agent in identity.people.agents.all()] == ["ada", "bo"]
    tokens.write_text("{}", encoding="utf-8")
    agents.write_text("agents: nobody", encoding="utf-8")
    for file in identity.files:
        await file.read()
    assert await identity.authenticator.authenticate("one") is None
    assert [agent.id for agent in identity.people.agents.all()] == ["bo"]
    assert identity.file_problems() == [
        "the file of DESK_AGENTS_FILE is not valid; its last valid content is in use"
    ]
    background = identity.background()
    assert len(background) == 2
    for each in background:
        each.close()


async def test_without_files_there_are_static_tokens_only() -> None:
    identity = identity_of(Settings(tokens=STATIC))
    assert identity.background() == []
    assert await identity.authenticator.authenticate("dk_0123456789_x") is None


def test_the_key_file_is_created_at_start(tmp_path: Path) -> None:
    check_files(Settings(keys_file=tmp_path / "keys.db"))
    assert SqliteKeyStore(tmp_path / "keys.db").read_all() == ()


@pytest.mark.parametrize(
    ("setting", "content", "message"),
    [
        ("oidc_file", None, "DESK_OIDC_FILE: cannot read "),
        ("oidc_file", "issuers: []", "DESK_OIDC_FILE: the file is not valid:\n  "),
        ("oidc_file", "issuers: [", "DESK_OIDC_FILE: the file is not valid:\n  "),
        ("oidc_file", "", "DESK_OIDC_FILE: the file is not valid:\n  "),
        ("agents_file", None, "DESK_AGENTS_FILE: cannot read "),
        ("agents_file", "agents: {}", "DESK_AGENTS_FILE: the file is not valid:\n  "),
        ("agents_file", "agents: [{id: me}]", "DESK_AGENTS_FILE: the file is not valid:\n  "),
        ("keys_file", "no database " * 99, "DESK_KEYS_FILE: The key file "),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_setting(
    tmp_path: Path, setting: str, content: str | None, message: str
) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_text(content)
        file.chmod(0o600)
    with pytest.raises(Failure) as caught:
        check_files(Settings.model_validate({setting: file}))
    assert caught.value.code == ExitCode.BAD_SETTINGS
    assert message in str(caught.value)
    assert str(file) in str(caught.value)
