"""The banner of `desk up` shows what can be used, and where things are."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from api.identity.static_tokens import hashed
from commands.processes.banner import Banner
from commands.processes.state_dir import StateDir
from settings import Settings


def shown(**settings: object) -> str:
    out = StringIO()
    banner = Banner(
        Settings.model_validate(settings),
        StateDir(Path(".desk")),
        "http://127.0.0.1:8233",
        ephemeral=False,
        tokens_are_generated=True,
    )
    banner.show(Console(file=out, width=100))
    return out.getvalue()


def test_a_token_that_is_stored_as_a_hash_is_not_offered_for_use() -> None:
    tokens = {
        "agent-in-clear-0001": {"id": "ada", "role": "agent"},
        hashed("agent-unreadable-0002"): {"id": "zoe", "role": "agent"},
    }
    text = shown(tokens=tokens)
    assert "AGENT=agent-in-clear-0001" in text
    assert "sha256:" not in text


@pytest.mark.parametrize("keys", [None, "master-keys.json"])
def test_the_banner_says_whether_tickets_are_encrypted(keys: str | None) -> None:
    text = shown(encryption_keys_file=keys, encryption_store="data-keys.db")
    assert ("Encrypted; data keys stored in data-keys.db" in text) is (keys is not None)
