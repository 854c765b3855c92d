"""The file of issuers: read whole, and every mistake in it with its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.identity.oidc.configuration import read_oidc_file
from policies.documents.problems import PolicyErrors

VALID = """
issuers:
  - issuer: https://login.example/realms/desk
    audience: durable-desk
    claims:
      role: {claim: roles, values: {staff: agent, customer: requester}}
      accounts: accounts
      all_accounts: [agent]
"""


def read(tmp_path: Path, text: str) -> Any:
    file = tmp_path / "oidc.yaml"
    file.write_text(text, encoding="utf-8")
    return read_oidc_file(file)


def errors(tmp_path: Path, text: str) -> str:
    with pytest.raises(PolicyErrors) as caught:
        read(tmp_path, text)
    return str(caught.value)


def test_yaml_and_json_are_read(tmp_path: Path) -> None:
    [issuer] = read(tmp_path, VALID).issuers
    assert issuer.audiences == ("durable-desk",)
    assert [*issuer.algorithms] == ["RS256", "PS256", "ES256", "EdDSA"]
    as_json = read(tmp_path, json.dumps({"issuers": [issuer.model_dump(mode="json")]}))
    assert as_json.issuers == (issuer,)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("https://login.example", "http://login.example", "must be the https URL"),
        ("https://login.example", "login.example", "must be the https URL"),
        ("/realms/desk", "/?realm=desk", "without query and fragment"),
        ("audience: durable-desk", "audience: []", "audience"),
        ("audience: durable-desk", "algorithms: [RS256]", "audience"),
        ("audience: durable-desk", "audience: d\n    algorithms: [none]", "algorithms"),
        ("audience: durable-desk", "audience: d\n    algorithms: [HS256]", "algorithms"),
        ("audience: durable-desk", "audience: d\n    algorithms: []", "algorithms"),
        ("audience: durable-desk", "audience: d\n    audiences: d", "audiences"),
        ("audience: durable-desk", "audience: d\n    id_prefix: 'ö '", "letters, digits"),
        ("staff: agent", "staff: boss", "boss"),
        ("staff: agent", "staff: system", "the workflow itself"),
        ("all_accounts: [agent]", "all_accounts: [requester]", "needs an account"),
        ("      accounts: accounts\n", "", "no token can act as requester"),
        ("      accounts:", "      email: {claim: upn}\n      accounts:", "nobody has verified"),
        ("issuers:", "issuer:", "issuers"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    found = errors(tmp_path, VALID.replace(old, new))
    assert message in found
    assert f"{tmp_path / 'oidc.yaml'}:" in found


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    found = errors(tmp_path, VALID.replace("https", "http").replace("audience", "audienze"))
    assert len(found.splitlines()) >= 2


@pytest.mark.parametrize("prefixes", [("", ""), ("", "b:"), ("a", "ab"), ("x:", "x:")])
def test_people_of_two_issuers_can_never_have_the_same_id(
    tmp_path: Path, prefixes: tuple[str, str]
) -> None:
    assert "could have the id" in errors(tmp_path, _two(*prefixes))


def test_two_issuers_with_prefixes_of_their_own_are_accepted(tmp_path: Path) -> None:
    assert len(read(tmp_path, _two("a:", "b:")).issuers) == 2
    assert "twice" in errors(tmp_path, _two("a:", "b:").replace("other", "desk"))


def _two(one: str, other: str) -> str:
    entry = VALID.partition("issuers:\n")[2]
    first = entry.replace("    claims:", f"    id_prefix: '{one}'\n    claims:")
    second = entry.replace("    claims:", f"    id_prefix: '{other}'\n    claims:")
    return f"issuers:\n{first}{second.replace('realms/desk', 'realms/other')}"
