"""Caught mail about a person is found by the whole address."""

from pathlib import Path

import pytest

from commands.personal_data.caught_mail import mail_about

ADDRESS = "ia@harbour.example"


def is_found(state: Path, text: str) -> bool:
    directory = state / "mail"
    directory.mkdir()
    (directory / "1.eml").write_text(f"To: leo@desk.example\nSubject: A ticket\n\n{text}\n")
    return bool(mail_about(state, ADDRESS))


@pytest.mark.parametrize(
    "text",
    [
        "ia@harbour.example",
        "Write to IA@Harbour.Example.",
        "<ia@harbour.example>, 'ia@harbour.example'",
        "mailto:ia@harbour.example?subject=x",
        "from=ia@harbour.example",
    ],
)
def test_the_address_is_found_in_a_text(tmp_path: Path, text: str) -> None:
    assert is_found(tmp_path, text)


@pytest.mark.parametrize(
    "other",
    [
        "mia@harbour.example",
        "m.ia@harbour.example",
        "x+ia@harbour.example",
        "m-ia@harbour.example",
        "o'ia@harbour.example",
        "ia@harbour.example.org",
        "ia@harbour.examples",
        "ia@harbour.example-two.org",
        "ia+tag@harbour.example",
    ],
)
def test_mail_about_somebody_whose_address_contains_it_stays(tmp_path: Path, other: str) -> None:
    assert not is_found(tmp_path, f"Write to {other}.")


def test_a_file_that_another_erasure_deletes_meanwhile_is_none(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "1.eml").symlink_to(tmp_path / "gone")
    assert mail_about(tmp_path, ADDRESS) == []
