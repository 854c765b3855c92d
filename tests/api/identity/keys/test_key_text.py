"""The text of an API key: random, complete, and never stored."""

import re

import pytest

from api.identity.keys.key_text import KeyText, id_in

KEY = KeyText("0123456789", "A" * 43)
"""Not random, because it is part of the names of tests."""


def test_a_key_is_read_back() -> None:
    for key in (KEY, KeyText.new()):
        assert KeyText.parsed(key.text) == key


@pytest.mark.fault(60)
def test_a_key_has_256_random_bits() -> None:
    assert re.fullmatch(r"dk_[0-9a-z]{10}_[A-Za-z0-9_-]{49}", KeyText.new().text)
    assert len({KeyText.of("0123456789").secret for _ in range(100)}) == 100


def test_the_secret_is_in_no_repr_and_no_digest() -> None:
    assert KEY.secret not in repr(KEY)
    assert KEY.secret.encode() not in KEY.digest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dk_",
        KEY.text[:-1],
        KEY.text + "A",
        KEY.text[:-1] + ("A" if KEY.text[-1] != "A" else "B"),
        KEY.text.replace("dk_", "dk-"),
        KEY.text.upper(),
        KEY.text.replace(KEY.id, "éééééééééé"),
    ],
)
def test_a_key_that_is_not_complete_is_noticed(text: str) -> None:
    assert KeyText.parsed(text) is None


@pytest.mark.parametrize("text", [KEY.text, f"dk_{KEY.id}", f"dk_{KEY.id}_abc", KEY.id])
def test_the_id_is_found_in_a_key(text: str) -> None:
    assert id_in(text) == KEY.id


def test_another_text_is_taken_for_an_id() -> None:
    assert id_in("dk_nothing") == "dk_nothing"
