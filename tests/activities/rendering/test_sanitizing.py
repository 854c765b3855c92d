"""Text from outside: whatever it holds, a header gets one printable line of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from activities.rendering.sanitizing import cleaned, header_text, many_lines, one_line, shortened


@pytest.mark.parametrize(
    "hostile",
    [
        "a\nBcc: x@y.example",
        "a\r\nBcc: x@y.example",
        "a\rBcc: x@y.example",
        "a\x0bBcc: x@y.example",
        "a\x0cBcc: x@y.example",
        "a\x1cBcc: x@y.example",
        "a\x85Bcc: x@y.example",
        "a\u2028Bcc: x@y.example",
        "a\u2029Bcc: x@y.example",
    ],
)
def test_every_kind_of_line_break_becomes_a_space(hostile: str) -> None:
    assert one_line(hostile) == "a Bcc: x@y.example"


def test_terminal_escapes_and_bidirectional_overrides_are_dropped() -> None:
    assert one_line("a\x1b[31m\x00b\u202egnp.exe\x9bc") == "a[31mbgnp.exec"


def test_right_to_left_letters_and_emoji_stay_as_they_are() -> None:
    assert one_line("שלום 👩‍👩‍👧 مرحبا") == "שלום 👩‍👩‍👧 مرحبا"


def test_a_typed_encoded_word_is_no_encoded_word_any_more() -> None:
    assert "=?" not in header_text("=?utf-8?q?x=0D=0ABcc:_x@y.example?= =\x00? ==??")


@given(st.text(), st.integers(1, 60))
def test_any_text_makes_one_printable_line_within_the_limit(text: str, limit: int) -> None:
    line = header_text(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    line.encode()


def test_paragraphs_survive_in_a_body_and_control_characters_do_not() -> None:
    assert many_lines(" one\r\n\r\ntwo\x00\rthree\u2028four ") == "one\n\ntwo\nthree\nfour"


def test_a_cut_is_made_between_words_where_there_is_one_nearby() -> None:
    assert shortened("the export stays empty", 16) == "the export…"
    assert shortened("x" * 50, 10) == "x" * 9 + "…"


def test_a_cut_never_leaves_an_emoji_joined_to_nothing() -> None:
    assert shortened("ab👩\u200d👧cd", 5) == "ab👩…"


def test_only_prose_keeps_its_lines_however_deep_it_stands() -> None:
    facts: JsonValue = {
        "by": "a\nb",
        "list": [{"result": "a\nb", "by": "a\nb"}],
        "result": ["a\nb"],
        "n": 3,
    }
    assert cleaned(facts, frozenset({"result"})) == {
        "by": "a b",
        "list": [{"result": "a\nb", "by": "a b"}],
        "result": ["a\nb"],
        "n": 3,
    }
