"""Text of unknown origin has no effect where it is printed."""

import json

import pytest

from policies.documents.visible import visible, visible_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("INC0001", "INC0001"),
        ("Élise, 日本, \U0001f44d\u200d", "Élise, 日本, \U0001f44d\u200d"),
        ("\x1b[2Jgone", "\\u001b[2Jgone"),
        ("\x9b2J", "\\u009b2J"),
        ("a\0b\rc\x08\x7f", "a\\u0000b\\u000dc\\u0008\\u007f"),
        ("\u202egpj.exe\u2066\u2028", "\\u202egpj.exe\\u2066\\u2028"),
        ("half \ud83d", "half \\ud83d"),
        ("\ufeffid", "\\ufeffid"),
        ("a\u00a0b", "a\u00a0b"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, shown: str) -> None:
    assert visible(text) == visible_line(text) == shown


def test_lines_stay_lines_unless_there_is_to_be_one() -> None:
    assert visible("a\n\tb") == "a\n\tb"
    assert visible_line("a\n\tb") == "a\\u000a\\u0009b"


def test_json_stays_the_same_json() -> None:
    data = {"subject": "\x1b]0;\x9b2J\u202e \x7f\ufeff"}
    text = json.dumps(data, ensure_ascii=False, indent=2)
    assert visible(text).isascii()
    assert json.loads(visible(text)) == data
