"""Letters: every template for everyone, and what each promises."""

import pytest

from activities.ports import TemplateFailed
from activities.templates.manifest import (
    ABOUT_ACCOUNTS,
    facts_of,
    known_templates,
    listed_templates,
)
from tests.activities.rendering.sample_notices import (
    FULL_FACTS,
    NUMBER,
    html_of,
    notice,
    text_of,
    with_facts,
    write,
)

AUDIENCES = ["requester", "account_manager", "assignee", "team_lead", "engineering", "product"]


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_every_letter_says_in_both_parts_which_ticket_and_whose_desk(
    template: str, audience: str
) -> None:
    letter = write(notice(template, audience))
    assert letter["Subject"].startswith(f"[{NUMBER}] ")
    assert template in ABOUT_ACCOUNTS or "The export stays empty" in letter["Subject"]
    for page in (text_of(letter), html_of(letter)):
        assert "Mia Chen" in page
        assert NUMBER in page
        assert "Contently product support" in page
        assert "None" not in page
        assert "{{" not in page


@pytest.mark.parametrize("audience", ["requester", "assignee"])
@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_every_letter_can_be_written_without_its_optional_facts(
    template: str, audience: str
) -> None:
    required, _ = facts_of(template)
    facts = {name: fact for name, fact in FULL_FACTS[template].items() if name in required}
    letter = write(notice(template, audience, facts=facts))
    assert "None" not in text_of(letter) + html_of(letter)


@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_only_the_requester_is_spoken_to_as_the_one_who_asked(template: str) -> None:
    assert "your request" not in text_of(write(notice(template, "team_lead"))).lower()
    assert "Requested by Mia Chen" not in text_of(write(notice(template, "requester")))


def test_every_listed_template_exists_and_every_existing_one_is_listed() -> None:
    assert known_templates("en") == listed_templates() == FULL_FACTS.keys()


def test_a_locale_without_templates_has_none() -> None:
    assert known_templates("xx") == set()
    assert known_templates("..") == set()


@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_a_letter_without_a_required_fact_names_what_is_missing(template: str) -> None:
    required, _ = facts_of(template)
    for missing in required:
        facts = {name: fact for name, fact in FULL_FACTS[template].items() if name != missing}
        with pytest.raises(TemplateFailed, match=missing):
            write(notice(template, facts=facts))


@pytest.mark.parametrize("template", ["unheard_of", "../en/escalated", "layout", "words", ""])
def test_a_template_that_does_not_exist_is_named(template: str) -> None:
    with pytest.raises(TemplateFailed, match="no template"):
        write(notice(template))


def test_a_fact_of_the_wrong_shape_fails_the_template_and_nothing_else() -> None:
    with pytest.raises(TemplateFailed, match="en/escalated"):
        write(with_facts("escalated", due_at="soon"))


@pytest.mark.clause("contently/first-response")
def test_the_receipt_gives_the_number_and_when_the_first_response_is_due() -> None:
    text = text_of(write(notice("opened")))
    assert f"its number is {NUMBER}" in text
    assert "within 2 business days: by Friday 15 January 2027, 14:00 EST" in text
    assert "> I export an article.\n> The file has no rows." in text


def test_the_receipt_promises_no_time_where_the_policy_promises_none() -> None:
    letter = write(
        with_facts("opened", promise=None, due_at=None, guarantee="We answer as time permits.")
    )
    assert "We answer as time permits." in text_of(letter)
    assert "due" not in text_of(letter)


@pytest.mark.clause("contently/first-response-content")
@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("resolution", "We believe this settles it"),
        ("information_request", "1. Which browser?\n2. Since when?"),
        ("escalation", "it is now in triage"),
    ],
)
def test_a_response_says_each_of_its_outcomes_and_no_other(outcome: str, words: str) -> None:
    together = text_of(write(notice("responded")))
    alone = text_of(write(with_facts("responded", outcomes=[outcome])))
    others = {"resolution", "information_request", "escalation"} - {outcome}
    without = text_of(write(with_facts("responded", outcomes=sorted(others))))
    assert words in together
    assert words in alone
    assert words not in without


@pytest.mark.clause("contently/escalation-update")
def test_requester_and_account_manager_are_each_told_of_an_escalation_in_their_own_words() -> None:
    requester = text_of(write(notice("escalated", "requester")))
    manager = text_of(write(notice("escalated", "account_manager")))
    assert "Sam Okafor has escalated your request" in requester
    assert "account Acme Media has been escalated" in manager
    assert "for Mia Chen" in manager
    for text in (requester, manager):
        assert "It happens to others too." in text
        assert "Friday 15 January 2027, 14:00 EST" in text


@pytest.mark.clause("contently/handoff-content")
def test_engineering_gets_everything_that_was_gathered() -> None:
    letter = write(notice("handed_over", "engineering"))
    for page in (text_of(letter), html_of(letter)):
        for gathered in (
            "The file has no rows.",
            "Reproduce it",
            "Seen twice.",
            "Which browser?",
            "Firefox",
            "Since when?",
            "No answer yet.",
            "The exporter loses its session.",
            "Please look at the session first.",
        ):
            assert gathered in page


@pytest.mark.clause("contently/handoff-content")
def test_a_packet_with_nothing_in_it_says_so() -> None:
    text = text_of(write(with_facts("handed_over", "engineering", findings=[], information=[])))
    assert "Nothing was recorded." in text
    assert "Nothing was asked." in text


@pytest.mark.clause("contently/forecast")
@pytest.mark.parametrize("audience", ["requester", "account_manager"])
def test_a_forecast_says_when_work_begins_and_that_it_is_no_promise(audience: str) -> None:
    text = text_of(write(with_facts("forecast_shared", audience, revision=1, reason=None)))
    assert "expected to begin by Monday 1 February 2027" in text
    assert "not a promised date" in text
    assert "changed:" not in text


@pytest.mark.clause("contently/forecast-basis")
def test_a_forecast_names_its_basis_and_a_revision_why_it_changed() -> None:
    text = text_of(write(notice("forecast_shared", "account_manager")))
    assert "Engineering holds it high, Product low." in text
    assert "Engineering (high) and Product (low)" in text
    assert "revision 2" in text
    assert "Why: A release came first." in text


@pytest.mark.clause("contently/forecast-basis")
def test_a_forecast_nobody_explained_still_rests_on_both_priorities() -> None:
    text = text_of(write(with_facts("forecast_shared", "requester", basis=None)))
    assert "Engineering (high) and Product (low)" in text


@pytest.mark.parametrize(
    ("closed_as", "words"),
    [
        ("resolved", "was resolved"),
        ("withdrawn", "was withdrawn"),
        ("no_reply", "heard nothing back"),
        ("duplicate", "same matter as 9AAA-9AAA-9AAA"),
        ("not_covered", "support does not cover it"),
        ("not_eligible", "support is not available for your account"),
    ],
)
def test_each_way_of_closing_has_its_own_words(closed_as: str, words: str) -> None:
    text = text_of(write(with_facts("closed", closed_as=closed_as, into="9AAA-9AAA-9AAA")))
    assert words in text


@pytest.mark.clause("contently/limitation", "contently/eligibility")
@pytest.mark.parametrize("closed_as", ["not_covered", "not_eligible"])
def test_a_refusal_gives_its_reason_and_the_clause_it_rests_on(closed_as: str) -> None:
    text = text_of(write(with_facts("closed", closed_as=closed_as)))
    assert "The plug-in of another vendor drops the rows." in text
    assert "clause limitation" in text
    assert "Third-party software is not ours to mend." in text


def test_a_target_of_the_desks_own_is_never_called_a_promise() -> None:
    text = text_of(write(with_facts("clock_warned", "assignee", promised=False)))
    assert "it was promised to nobody" in text
    assert "is promised" not in text


def test_a_breach_says_how_late_it_is_and_who_holds_the_ticket() -> None:
    text = text_of(write(notice("clock_breached", "team_lead")))
    assert "it is 1 day 2 hours 5 minutes late" in text
    assert "Assigned to Sam Okafor" in text
    unassigned = text_of(write(with_facts("clock_breached", "team_lead", owner=None)))
    assert "Assigned to nobody" in unassigned
