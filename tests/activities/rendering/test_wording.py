"""Words of e-mails: none of the desk to a customer, and no promise that nobody made."""

from typing import Any

import pytest

from tests.activities.rendering.sample_notices import (
    MIA,
    html_of,
    text_of,
    with_facts,
    write,
)


def text(template: str, audience: str = "requester", locale: str = "en", **facts: Any) -> str:
    contact = MIA.model_copy(update={"locale": locale})
    notice = with_facts(template, audience, **facts).model_copy(update={"contact": contact})
    return text_of(write(notice)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("audience", "locale", "sentence"),
    [
        ("requester", "en", "The delivery for your request is due within 2 business days, by "),
        ("assignee", "en", "The delivery is due within 2 business days, by "),
        ("requester", "fr", "Pour votre demande, l’étape « delivery » doit intervenir dans un "),
        (
            "assignee",
            "fr",
            "L’étape « delivery » doit intervenir dans un délai de 2 jours ouvrés, ",
        ),
    ],
)
def test_an_announced_clock_that_is_no_response_is_not_called_one(
    audience: str, locale: str, sentence: str
) -> None:
    written = text("opened", audience, locale, announced_clock="delivery")
    assert sentence in written
    assert "response" not in written
    assert "répondra" not in written


@pytest.mark.parametrize("template", ["clock_warned", "clock_breached", "clock_overdue"])
def test_a_requester_is_told_of_a_target_without_words_of_the_desk(template: str) -> None:
    written = text(template, promised=False)
    assert "This is a time that we aim for, not a promised deadline." in written
    assert "internal" not in written
    assert "Sam Okafor" not in written
    assert "interne" not in text(template, locale="fr", promised=False)
    assert "internal target" in text(template, "assignee", promised=False)


@pytest.mark.parametrize(
    ("locale", "sentence"), [("en", "no credit is due"), ("fr", "aucun crédit")]
)
def test_a_correction_to_nothing_counts_no_credits(locale: str, sentence: str) -> None:
    written = text("credit_corrected", "customer", locale, credits=0, days=0)
    assert sentence in written
    assert "0 " not in written.partition("\n\n")[2].partition("\n\n")[0]


def test_the_reason_of_a_change_of_terms_is_for_the_desk() -> None:
    assert "Agreed with the customer." not in text("revision_changed")
    assert "Agreed with the customer." in text("revision_changed", "account_manager")


def test_no_line_of_an_html_email_ends_in_the_number_of_a_request() -> None:
    html = html_of(write(with_facts("credit_earned", "customer")))
    assert '<span style="white-space:nowrap;">4K7Q-2M9X-8TBD</span> was due' in html
    assert "request 4K7Q-2M9X-8TBD was due" in text("credit_earned", "customer")
