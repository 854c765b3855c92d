"""The documents for operators: samples work with the code, and lists match the deployment."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from activities.adapters.contract_http_pages import ListedPage
from activities.adapters.hmac_signatures import HEADER, BadSignature, signed_at
from api.identity.agents import Agent, parse_agents
from api.identity.oidc.configuration import Claims, Issuer, read_oidc_file
from api.identity.static_tokens import TokenActor, parse_tokens
from policies.loading.loader import contract_from
from settings import ROOT
from tests.docs.pages import OPERATIONS, blocks, rows_of
from workflows.temporal.connection import SEARCH_ATTRIBUTES

BENCHMARKS, DEPLOY, SECURITY, SCALING = (
    ROOT / "docs" / f"{name}.md" for name in ("benchmarks", "deploy", "security", "scaling")
)
RUNS = 5

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
    assert ListedPage.model_validate_json(page, strict=True).accounts == ("oslo", "riga")


def test_the_commands_for_databases_name_those_of_the_deployment() -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    commands = [block.text for block in blocks(OPERATIONS, "bash") if "pg_" in block.text]
    assert len(commands) == 2
    for command in commands:
        assert "for database in temporal temporal_visibility; do" in command
        assert "--username temporal" in command
    assert "for store in temporal:temporal temporal_visibility:visibility; do" in compose
    assert "POSTGRES_USER: temporal" in compose


def test_the_search_attributes_for_temporal_cloud_are_those_that_setup_registers() -> None:
    named = re.findall(r"--sa (\w+)=(\w+)", DEPLOY.read_text(encoding="utf-8"))
    types = [
        (k.name, k.indexed_value_type.name.title().replace("_", "")) for k in SEARCH_ATTRIBUTES
    ]
    assert named == types


def test_the_ports_listed_are_those_that_the_deployment_publishes() -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    published = re.findall(r"\$\{(\w+_BIND):-127\.0\.0\.1\}:(\d+):", compose)
    section = DEPLOY.read_text(encoding="utf-8").split("| port | service |")[1].split("\n\n")[0]
    listed = re.findall(r"^\| (\d+) \| .+ \| `(\w+)` \|$", section, re.MULTILINE)
    assert sorted(listed) == sorted((port, variable) for variable, port in published)


def test_the_sample_of_tokens_is_accepted_and_its_keys_are_all_there_are() -> None:
    [sample] = blocks(SECURITY, "json")
    assert (
        len(parse_tokens(re.sub(r"<([\w ]+)>", lambda m: m[1].replace(" ", "-"), sample.text))) == 2
    )
    keys = [row[0].strip("`") for row in rows_of(SECURITY, "Tokens")]
    assert keys == [*TokenActor.model_fields]


def test_the_issuers_of_the_document_and_of_the_deployment_are_accepted(tmp_path: Path) -> None:
    sample, _ = blocks(SECURITY, "yaml")
    file = tmp_path / "oidc.yaml"
    file.write_text(sample.text, encoding="utf-8")
    for each in (file, ROOT / "deploy" / "oidc" / "example.yaml"):
        assert len(read_oidc_file(each).issuers) == 1


def test_the_agents_of_the_document_and_of_the_deployment_are_accepted() -> None:
    _, sample = blocks(SECURITY, "yaml")
    shipped = ROOT / "deploy" / "oidc" / "agents.yaml"
    for content in (sample.text.encode(), shipped.read_bytes()):
        assert [agent.id for agent in parse_agents(content, shipped)] == ["ada", "sam"]
    keys = [row[0].strip("`") for row in rows_of(SECURITY, "Agents")]
    assert keys == [*Agent.model_fields]


def test_every_key_of_an_issuer_is_documented() -> None:
    section = SECURITY.read_text(encoding="utf-8").split("\n## OpenID Connect\n")[1]
    keys = re.findall(r"^\| `(\w+)` \|", section.split("\n## ")[0], re.MULTILINE)
    assert keys == [*Issuer.model_fields, *Claims.model_fields]


def test_the_medians_of_sizing_are_those_of_the_runs() -> None:
    rows = [row for row in rows_of(BENCHMARKS, "Simultaneous deadlines") if len(row) == 1 + RUNS]
    summaries = re.findall(r"[\d.]+ \([\d.]+ to [\d.]+\)", what_breaks_first())
    assert sorted(summaries) == sorted(summary(values) for _, *values in rows)


def summary(values: list[str]) -> str:
    """The median of an odd number of runs, and their spread."""
    ordered = sorted(values, key=float)
    return f"{ordered[len(ordered) // 2]} ({ordered[0]} to {ordered[-1]})"


def what_breaks_first() -> str:
    return SCALING.read_text(encoding="utf-8").split("## What breaks first")[1].split("\n## ")[0]
