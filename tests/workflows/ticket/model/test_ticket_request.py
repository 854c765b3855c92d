"""Requests for a ticket: who can send one, and what is the same request."""

from typing import Any

import pytest
from pydantic import ValidationError

from policies.vocabulary import Role
from tests.harness import SERVICE
from workflows.ticket.model.ticket_request import OPENERS, TicketRequest

REQUEST: dict[str, Any] = {
    "account": "harbour-media",
    "requester": {"name": "Mia Harbour", "email": "mia@harbour.example"},
    "subject": "The editor stays blank",
    "description": "Since this morning.",
    "channel": "email",
}


def request(**changes: Any) -> TicketRequest:
    return TicketRequest.model_validate(REQUEST | changes)


def test_all_but_engineering_and_product_can_open_tickets() -> None:
    assert set(OPENERS) == {Role.REQUESTER, Role.SERVICE, Role.AGENT, Role.OPERATOR}


def test_a_request_has_the_same_fingerprint_when_newer_code_has_another_optional_field() -> None:
    class Newer(TicketRequest):
        language: str | None = None

    newer = Newer.model_validate(REQUEST)
    assert newer.fingerprint(SERVICE) == request().fingerprint(SERVICE)
    assert request(kind="technical").fingerprint(SERVICE) != request().fingerprint(SERVICE)


@pytest.mark.parametrize("subject", ["  The editor  ", "\u200b \u00a0 The editor"])
def test_a_subject_is_a_text_that_can_be_seen(subject: str) -> None:
    assert request(subject=subject).subject == subject.strip()


@pytest.mark.parametrize("unseen", ["\u200b", " \u200b\u00a0", "\u2060\ufeff"])
def test_a_text_without_a_visible_character_is_no_subject_and_no_name(unseen: str) -> None:
    for changes in (
        {"subject": unseen},
        {"requester": {"name": unseen, "email": "mia@harbour.example"}},
    ):
        with pytest.raises(ValidationError, match="visible character"):
            request(**changes)


def test_the_error_of_a_request_does_not_repeat_what_was_written() -> None:
    with pytest.raises(ValidationError) as refused:
        request(subject={"secret": "of Mia"})
    assert "of Mia" not in str(refused.value)
