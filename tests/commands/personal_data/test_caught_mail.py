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


def test_mail_to_others_about_an_erased_ticket_is_about_the_person(tmp_path: Path) -> None:
    directory = tmp_path / "mail"
    directory.mkdir()
    for number in ("7K2M-93QF-0D1T", "8K2M-93QF-0D1T"):
        head = f"To: leo@harbour.example\nMessage-ID: <{number}.a1b2@desk.example>\n"
        text = "Ia's request was withdrawn; it was like 7K2M-93QF-0D1T."
        (directory / f"{number}.eml").write_text(f"{head}Subject: [{number}] Closed\n\n{text}\n")
    found = mail_about(tmp_path, ADDRESS, ["7K2M-93QF-0D1T"])
    assert [file.stem for file in found] == ["7K2M-93QF-0D1T"]
