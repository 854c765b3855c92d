"""Canonical JSON: the examples of RFC 8785, and what has no canonical form."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proof.canonical import LARGEST_INTEGER, NotCanonical, canonical, decoded

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (5e-324, "5e-324"),
        (-5e-324, "-5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"),
        (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"),
        (1e23, "1e+23"),
        (1.0000000000000001e23, "1.0000000000000001e+23"),
        (999999999999999900000.0, "999999999999999900000"),
        (1e21, "1e+21"),
        (0.000001, "0.000001"),
        (0.000001234, "0.000001234"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (333333333.3333332, "333333333.3333332"),
        (333333333.33333325, "333333333.33333325"),
        (1424953923781206.2, "1424953923781206.2"),
        (10.0, "10"),
        (-1.5, "-1.5"),
    ],
)
def test_a_number_is_written_as_ecmascript_writes_it(number: float, text: str) -> None:
    assert canonical(number) == text.encode()


def test_members_are_in_the_order_of_their_utf_16_code_units() -> None:
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    text = canonical(dict.fromkeys(names)).decode()
    assert [*json.loads(text)] == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_a_text_has_only_the_escapes_that_it_must_have() -> None:
    text = '\u20ac$\u000f\nA\'B"\\\\"/\u007f'
    assert canonical(text) == b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f"'


@given(VALUES)
def test_a_value_is_read_as_it_was_written_and_has_one_form(value: Any) -> None:
    text = canonical(value)
    assert canonical(decoded(text)) == text
    assert decoded(text + b"\n") == decoded(text)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53, -(2**53), "\ud800", {"\udfff": 1}, {1}]
)
def test_a_value_without_an_exact_form_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'{"a":1}x',
        b'{"a":1}\n\n',
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":-0}',
        b'["\\u0041"]',
        b'["\\ud800"]',
        b"[NaN]",
        b"[Infinity]",
        b"[9007199254740993]",
        b"[" + b"9" * 5000 + b"]",
        b"\xef\xbb\xbf{}",
        b"\xff",
        b"",
        b"[" * 100_000,
        b"[" * 50_000 + b"]" * 50_000,
        b"nul",
    ],
)
def test_any_other_text_is_refused_with_a_reason(text: bytes) -> None:
    with pytest.raises(NotCanonical) as refused:
        decoded(text)
    assert 5 < len(str(refused.value)) < 200
