"""The signing code and the samples of docs/operations.md work with the adapters that read them."""

import json
import time
from typing import Any

import pytest

from activities.adapters.contract_http_pages import AccountPage
from activities.adapters.hmac_signatures import HEADER, BadSignature, signed_at
from policies.loading.loader import contract_from
from settings import ROOT
from tests.docs.pages import OPERATIONS, blocks

SECRET = "a secret that the directory shares"
CONTRACT = {"account": "acme", "name": "Acme", "policy": "contently", "plan": "standard"}


def signed_response() -> tuple[bytes, dict[str, str]]:
    """A response of a directory that uses the Python of the document."""
    [block] = blocks(OPERATIONS, "python")
    namespace: dict[str, Any] = {}
    exec(compile(block.text, OPERATIONS.name, "exec"), namespace)
    body, headers = namespace["signed_response"](SECRET, CONTRACT)
    return body, headers


def test_a_response_signed_by_the_documented_code_is_accepted() -> None:
    before = int(time.time())
    body, headers = signed_response()
    assert signed_at(SECRET.encode(), body, headers[HEADER], time.time()) >= before
    assert contract_from(json.loads(body)).account == "acme"


def test_it_is_accepted_for_that_body_and_secret_only() -> None:
    body, headers = signed_response()
    for secret, text in ((b"another secret", body), (SECRET.encode(), body + b" ")):
        with pytest.raises(BadSignature):
            signed_at(secret, text, headers[HEADER], time.time())


def test_the_page_of_accounts_is_one_that_the_adapter_reads() -> None:
    [page] = [b.text for b in blocks(OPERATIONS, "json") if '"accounts"' in b.text]
    assert AccountPage.model_validate_json(page, strict=True).accounts == ("oslo", "riga")


def test_the_commands_for_databases_name_those_of_the_deployment() -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    commands = [block.text for block in blocks(OPERATIONS, "bash") if "pg_" in block.text]
    assert len(commands) == 2
    for command in commands:
        assert "for database in temporal temporal_visibility; do" in command
        assert "--username temporal" in command
    assert "for store in temporal:temporal temporal_visibility:visibility; do" in compose
    assert "POSTGRES_USER: temporal" in compose
