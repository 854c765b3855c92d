"""Every e-mail of every policy that we publish: in both languages, and without words that mean
nothing to its reader.
"""

import re

import pytest

from activities.templates.manifest import ANNOUNCED, known_templates, languages
from policies.schema.policy import SupportPolicy
from policies.vocabulary import ACCOUNT_EVENTS, EventType
from tests.workflows.ticket.notices.every_letter import (
    POLICIES,
    Written,
    announceable,
    ids_of,
    letters,
)

every_policy = pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.policy)
every_language = pytest.mark.parametrize("language", sorted(languages()))
ADDRESS = re.compile(r"\S+@\S+")
SNAKE_CASE = re.compile(r"[A-Za-z0-9]+_[A-Za-z0-9_]+")
OF_PROGRAMS = re.compile(r"\b(None|True|False|null|undefined)\b|[{}]|\bP(T?\d+[DHMS])+")
OF_THE_DESK = re.compile(r"(?i)\binternal|\binterne|\bassigned to |\bnot assigned|attribuée à")
LACKING = re.compile(r"[(:,] *[.)]|: *,|  +\S|\.\.")


@pytest.mark.fault(33)
@every_language
@pytest.mark.parametrize("event", announceable())
def test_every_event_that_anybody_can_be_told_of_has_an_email_in_each_language(
    event: EventType, language: str
) -> None:
    assert event in known_templates(language)


@pytest.mark.fault(44)
@every_policy
@every_language
def test_no_email_shows_an_id_or_an_internal_word(policy: SupportPolicy, language: str) -> None:
    ids = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, sorted(ids_of(policy))))})(?![\w-])")
    for letter in letters(policy, language):
        assert letter.message.language == language
        for text in letter.texts:
            shown = {*ids.findall(text), *SNAKE_CASE.findall(ADDRESS.sub("", text))}
            assert not shown - _to_be_entered(letter), (letter.notice.template, text)
            assert not OF_PROGRAMS.search(text), (letter.notice.template, text)


def _to_be_entered(letter: Written) -> set[str]:
    """The names of facts that the support team has to enter into the contract."""
    facts = letter.notice.facts.get("facts")
    is_work = letter.notice.template == EventType.CONTRACT_INCOMPLETE
    return set(map(str, facts)) if is_work and isinstance(facts, list) else set()


@every_policy
@every_language
def test_a_requester_reads_nothing_that_is_only_for_the_support_team(
    policy: SupportPolicy, language: str
) -> None:
    for letter in letters(policy, language):
        if letter.notice.audience == "requester":
            assert not OF_THE_DESK.search(letter.message.text), letter.message.text


@every_policy
@every_language
def test_each_text_has_whole_sentences_in_paragraphs_one_blank_line_apart(
    policy: SupportPolicy, language: str
) -> None:
    for letter in letters(policy, language):
        text = letter.message.text
        assert "\n\n\n" not in text
        assert not any(LACKING.search(line.lstrip(" >-")) for line in text.split("\n")), text


@every_policy
def test_the_letters_looked_at_are_those_of_every_rule_and_rung(policy: SupportPolicy) -> None:
    sent = [letter.notice for letter in letters(policy, "en")]
    templates = {notice.template for notice in sent}
    assert ANNOUNCED in templates
    for rule in policy.notices:
        is_to_contract = rule.event in ACCOUNT_EVENTS and set(rule.tell) == {"assignee"}
        assert is_to_contract or (rule.template or str(rule.event).split(".")[0]) in {
            *templates,
            "milestone",
        }
    told = {
        audience
        for clock in policy.clocks.values()
        for rung in clock.ladder
        for audience in rung.tell
    }
    assert told <= {notice.audience for notice in sent}


def test_a_clock_that_is_not_a_response_is_announced_by_its_own_name() -> None:
    [syneto] = [policy for policy in POLICIES if policy.policy == "syneto"]
    announced = [letter for letter in letters(syneto, "en") if letter.notice.facts.get("due_at")]
    opened = [letter.message.text for letter in announced if letter.notice.template == "opened"]
    assert opened
    assert all("delivery" in text and "first response" not in text for text in opened)
