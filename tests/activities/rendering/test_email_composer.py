"""E-mails: every template for every audience, and the guarantees of each."""

from itertools import pairwise
from typing import Any

import pytest

from activities.ports import TemplateFailed
from activities.templates.manifest import (
    ABOUT_ACCOUNTS,
    facts_of,
    known_templates,
    listed_templates,
)
from tests.activities.rendering.sample_notices import (
    DUE,
    FULL_FACTS,
    MIA,
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
    assert "within 2 business days, by Friday 15 January 2027, 14:00 EST" in text
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
        ("resolution", "We believe this resolves your request"),
        ("information_request", "1. Which browser?\n2. Since when?"),
        ("escalation", "We have also escalated your request"),
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
    assert "for Mia Chen, who has also been informed" in manager
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
    assert "No steps were recorded." in text
    assert "No questions were asked." in text


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
    assert "High for Engineering, low for Product." in text
    assert "Engineering (high) and Product (low)" in text
    assert "revision 2" in text
    assert "Reason: A release came first." in text


@pytest.mark.clause("contently/forecast-basis")
def test_a_forecast_without_an_explanation_still_names_both_priorities() -> None:
    text = text_of(write(with_facts("forecast_shared", "requester", basis=None)))
    assert "Engineering (high) and Product (low)" in text


@pytest.mark.parametrize(
    ("closed_as", "words"),
    [
        ("resolved", "was resolved"),
        ("withdrawn", "was withdrawn"),
        ("no_reply", "not received an answer"),
        ("duplicate", "same matter as 9AAA-9AAA-9AAA"),
        ("not_covered", "Your request is not covered by our support, so we have closed it."),
        ("not_eligible", "We are sorry, but we cannot take on your request"),
    ],
)
def test_each_way_of_closing_has_its_own_words(closed_as: str, words: str) -> None:
    text = text_of(write(with_facts("closed", closed_as=closed_as, into="9AAA-9AAA-9AAA")))
    assert words in text


@pytest.mark.clause("contently/limitation", "contently/eligibility")
@pytest.mark.parametrize("closed_as", ["not_covered", "not_eligible"])
def test_a_refusal_gives_its_reason_and_the_heading_of_its_clause(closed_as: str) -> None:
    text = text_of(write(with_facts("closed", closed_as=closed_as)))
    assert "The plug-in of another vendor drops the rows." in text
    assert "Our support policy (Limitations of Service): Third-party software" in text


def test_an_internal_target_is_never_called_a_promise() -> None:
    text = text_of(write(with_facts("clock_warned", "assignee", promised=False)))
    assert "an internal target, not a promise to the customer" in text
    assert "is promised" not in text


def test_a_breach_gives_its_lateness_and_the_assignee() -> None:
    text = text_of(write(notice("clock_breached", "team_lead")))
    assert "it is 1 day 2 hours 5 minutes late" in text
    assert "Assigned to Sam Okafor" in text
    unassigned = text_of(write(with_facts("clock_breached", "team_lead", owner=None)))
    assert "Not assigned." in unassigned


@pytest.mark.parametrize(
    ("template", "to_requester", "to_the_team"),
    [
        ("reopened", "You have reopened your request", "Mia Chen has reopened their own request"),
        ("escalated", "You have escalated your request", "has escalated their own request"),
        ("information_provided", "We have received your information", "Mia Chen has provided"),
    ],
)
def test_requesters_read_you_for_their_own_actions_and_no_name_stands_twice(
    template: str, to_requester: str, to_the_team: str
) -> None:
    acted = {"by": "Mia Chen", "by_requester": True}
    own = write(with_facts(template, "requester", **acted, by_reader=True))
    assert to_requester in text_of(own)
    assert to_the_team in text_of(write(with_facts(template, "team_lead", **acted)))


def test_raising_a_level_reads_you_to_the_requester_who_did_it() -> None:
    acted = {"by": "Mia Chen", "by_requester": True, "by_clock": None, "at_rung": None}
    own = text_of(write(with_facts("level_raised", "requester", **acted, by_reader=True)))
    assert "You have raised your request to level 2: account management." in own
    other = text_of(write(with_facts("level_raised", "account_manager", **acted)))
    assert "Mia Chen has raised their own request to level 2" in other


@pytest.mark.parametrize("template", ["information_needed", "reminder"])
def test_a_question_with_choices_lists_them(template: str) -> None:
    email = write(notice(template))
    assert "   - Google Chrome\n   - Another one\n2. " in text_of(email)
    assert '<li dir="auto">Google Chrome</li>' in html_of(email)


def test_a_response_that_escalates_says_until_when_the_closer_look_takes() -> None:
    escalated = write(with_facts("responded", outcomes=["escalation"]))
    assert "aim to finish by Friday 15 January 2027, 14:00 EST." in text_of(escalated)
    paused = write(with_facts("responded", outcomes=["escalation"], due_at=None))
    assert "running our standard checks." in text_of(paused)


def test_a_refusal_without_words_of_its_clause_cites_the_heading() -> None:
    text = text_of(write(with_facts("closed", says=None)))
    assert 'See "Limitations of Service" in our support policy.' in text


SILENCE: dict[str, Any] = {"by_clock": "information_reminder", "reopen_by": ["phone"]}


def test_an_automatic_closing_for_want_of_an_answer_says_so() -> None:
    facts: dict[str, Any] = {
        "closed_as": "no_reply",
        "reason": None,
        "says": None,
        "turn_to": None,
        **SILENCE,
    }
    letters = [text_of(write(with_facts("closed", **facts))), in_french("closed", **facts)]
    assert "not received an answer about your request, so it has been closed" in letters[0]
    assert "pas reçu de réponse au sujet de votre demande" in letters[1]


def test_a_resolution_for_want_of_an_answer_states_how_to_reopen_it() -> None:
    letters = [text_of(write(with_facts("resolved", **SILENCE))), in_french("resolved", **SILENCE)]
    assert "please contact us by phone until" in letters[0]
    assert "merci de nous contacter par phone jusqu’au" in letters[1]
    assert not any("Drafts are exported" in letter for letter in letters)


def test_a_reminder_of_a_proposal_quotes_it_and_states_when_the_request_closes() -> None:
    proposal = {"milestone": "A solution is proposed", "message": "Please try version 9."}
    facts: dict[str, Any] = {**proposal, "questions": None, "due_at": None, "closes_at": DUE}
    letters = [text_of(write(with_facts("reminder", **facts))), in_french("reminder", **facts)]
    assert all("Please try version 9." in letter for letter in letters)
    assert "Without an answer by Friday 15 January 2027, 14:00 EST" in letters[0]
    assert "Sans réponse d’ici au" in letters[1]


def in_french(template: str, **facts: Any) -> str:
    contact = MIA.model_copy(update={"locale": "fr"})
    french = with_facts(template, **facts).model_copy(update={"contact": contact})
    return text_of(write(french))


@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_every_paragraph_of_a_text_stands_apart(template: str) -> None:
    for audience in AUDIENCES:
        text = text_of(write(notice(template, audience)))
        assert ".." not in text
        body = text.partition("\n\n")[2].partition("\n\nKind regards")[0]
        for line, following in pairwise(body.split("\n")):
            is_sentence = line.endswith(".") and line[:1] not in ">-0123456789 "
            assert not (is_sentence and following), f"{line}\n{following}"
