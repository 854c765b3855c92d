"""Alerts: a page in the words of its letter, known by one key, and short enough for the night."""

from activities.notices import PAGE_ACKNOWLEDGED, PAGE_RESOLVED
from activities.ports import Alert, Signal
from activities.rendering.alert_composer import AlertComposer
from policies.terms.model.recipient import Recipient
from tests.activities.rendering.sample_notices import AT, DUE, MIA, notice, with_facts

ALERTS = AlertComposer()
KEY = "4K7Q-2M9X-8TBD/paged/7/on_call"


def test_a_page_says_what_its_letter_says_and_facts_for_programs() -> None:
    alert = ALERTS.write(notice("paged", "on_call"))
    assert (alert.signal, alert.key, alert.at) == (Signal.TRIGGER, KEY, AT)
    assert alert.summary.startswith("[4K7Q-2M9X-8TBD] Page (p0): ")
    assert alert.source == "acme"
    assert alert.details["ticket"] == "4K7Q-2M9X-8TBD"
    assert alert.details["due_at"] == DUE
    assert alert.details["priority"] == "p0"
    assert "Nothing loads." in str(alert.details["text"])


def test_a_page_is_in_the_language_of_whoever_is_on_call() -> None:
    french = Recipient(name="Astreinte", email="astreinte@contentsquare.example", locale="fr")
    assert "Astreinte" in ALERTS.write(notice("paged", "on_call", contact=french)).summary


def test_what_is_not_known_is_left_out() -> None:
    alert = ALERTS.write(with_facts("paged", "on_call", clock=None, due_at=None))
    assert not {"clock", "due_at"} & alert.details.keys()


def test_a_page_asks_for_no_mail_address() -> None:
    alert = ALERTS.write(notice("paged", contact=Recipient(name="On call", email="nobody")))
    assert alert.signal is Signal.TRIGGER


def test_hostile_words_stay_one_short_line_in_the_summary() -> None:
    ticket = notice().ticket.model_copy(update={"subject": "Down\r\n\u202eX: " + "very " * 900})
    alert = ALERTS.write(notice("paged", ticket=ticket))
    assert len(alert.summary) <= 500
    assert not set("\r\n\u202e") & set(alert.summary)


def test_every_page_fits_what_receivers_take() -> None:
    alert = ALERTS.write(with_facts("paged", message="Nothing loads.\n" * 100_000))
    assert len(str(alert.details)) < 50_000


def test_what_follows_bears_the_key_that_the_page_was_taken_under() -> None:
    for template, signal in (
        (PAGE_ACKNOWLEDGED, Signal.ACKNOWLEDGE),
        (PAGE_RESOLVED, Signal.RESOLVE),
    ):
        alert = ALERTS.write(notice(template, facts={"page": KEY}, contact=MIA))
        assert alert == Alert(signal, key=KEY, at=AT)
