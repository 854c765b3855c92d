"""Requests for a ticket: who can send one, and what is the same request."""

from typing import Any

import pytest
from pydantic import ValidationError

from policies.terms.settlement_request import SettlementRequest
from policies.vocabulary import Role
from tests.harness import SERVICE, new_york, opening
from tests.workflows.ticket.ticket_driver import WEDNESDAY
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


def test_a_ticket_opens_with_its_request_and_whoever_sent_it() -> None:
    stated = request(publication="tide", facts={"cause": "platform"}, kind="technical")
    at, terms = new_york(WEDNESDAY), opening(new_york(WEDNESDAY)).terms
    opened = stated.opening("7K2M-0QXW-9HTE", SERVICE, terms, at)
    assert (opened.number, opened.received_at, opened.opened_by) == ("7K2M-0QXW-9HTE", at, SERVICE)
    assert (opened.subject, opened.description) == (REQUEST["subject"], REQUEST["description"])
    assert (opened.terms, opened.publication) == (terms, "tide")
    assert opened.fingerprint == stated.fingerprint(SERVICE)
    assert opened.request == SettlementRequest(
        account="harbour-media",
        ticket={
            "requester": REQUEST["requester"],
            "channel": "email",
            "kind": "technical",
            "publication": "tide",
            "facts": {"cause": "platform"},
        },
        received_at=at,
    )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"email": "'mia@harbour.example"}, "begins with an apostrophe"),
        ({"zone": "Mars/Olympus"}, "unknown time zone"),
        ({"nick": "Mia"}, "Extra inputs are not permitted"),
    ],
)
def test_a_requester_can_be_found_in_a_zone_that_exists(change: dict[str, str], fault: str) -> None:
    right = REQUEST["requester"] | {"zone": "Europe/Oslo"}
    assert request(requester=right).requester.zone == "Europe/Oslo"
    with pytest.raises(ValidationError, match=fault):
        request(requester=right | change)
