"""A page and a policy are compared number by number: what differs is named, and nothing else."""

import pytest

from policies.documents.problems import Finding
from policies.loading.loader import read_policy
from policies.loading.policy_catalog import SHIPPED
from policies.page.comparison.comparison import PageFinding, compare
from policies.page.comparison.page_text import page_sentences
from policies.schema.policy import SupportPolicy
from tests.policies.page.sample_pages import markdown_of, policies

OFFICE = """
policy: quill
title: Quill support
revision: 2027-01-01
clauses:
  hours: {says: Weekdays in office hours., at: Support hours}
  response: {says: An answer in time., at: Response times}
calendars:
  office:
    zone: Europe/Paris
    hours: {mon-fri: "09:00-18:00"}
    holidays: {country: FR}
    clause: hours
support_hours: office
clocks:
  first_response: {starts: [opened], stops: [responded], within: TARGET, clause: response}
"""
HOURS = "Support hours\n\nMonday to Friday, 09:00-18:00\n\nResponse times\n\n"


def quill(target: str, **changes: str) -> SupportPolicy:
    text = OFFICE.replace("TARGET", target)
    for old, new in changes.items():
        text = text.replace(old, new)
    return read_policy(text)


def compared(
    policy: SupportPolicy, page: str, year: int = 2027
) -> tuple[tuple[PageFinding, ...], tuple[Finding, ...]]:
    found = compare(policy, page_sentences(page.encode()), year)
    return found.of_page, found.of_policy


@pytest.mark.parametrize(
    ("target", "page"),
    [
        ("4 business hours", "We answer within four (4) business hours."),
        ("4 business hours", "We answer within 4 hours. Times are measured during support hours."),
        ("4 business hours", "Nous répondons sous 4 heures ouvrées."),
        ("24 hours", "We answer within 1 day."),
        ("1 day", "We answer within 24 hours."),
        ("90 minutes", "We answer within 90 min."),
        ("2 business days", "We answer in two working days."),
        ("the following week", "We answer in the following week."),
        ("90 minutes", "We answer within one and a half hours."),
        ("1 business day", "You get an answer by the next business day."),
        ("1 business day", "We answer the next business day."),
        ("120 minutes", "We answer within one hundred and twenty minutes."),
    ],
)
def test_equal_numbers_in_other_words_are_equal(target: str, page: str) -> None:
    assert compared(quill(target), HOURS + page) == ((), ())


@pytest.mark.parametrize(
    ("target", "page", "only_page"),
    [
        ("4 business hours", "We answer within 4 hours.", "4 hours"),
        ("4 hours", "We answer within 4 business hours.", "4 business hours"),
        ("1 business day", "We answer within 24 hours.", "24 hours"),
        ("2 business days", "We answer within 2 days.", "2 days"),
        ("2 hours", "We answer within 3 hours.", "3 hours"),
    ],
)
def test_what_differs_is_named_on_both_sides_with_place_and_clause(
    target: str, page: str, only_page: str
) -> None:
    [of_page], [of_policy] = compared(quill(target), HOURS + page)
    assert of_page.line == 7
    assert of_page.wrong == f'only the page has "{only_page}": “{page}”'
    assert of_page.clause == "response"
    assert of_page.right == f"the policy has {target}"
    assert of_policy.path == ("clocks", "first_response", "within")
    assert of_policy.wrong == f'only the policy has "{target}", and not the page'
    assert of_policy.clause == "response"


def test_the_next_business_day_is_no_promise_where_nothing_is_due_by_it() -> None:
    page = "We answer within 1 hour. What comes in the evening counts for the next business day."
    assert compared(quill("1 hour"), HOURS + page) == ((), ())


@pytest.mark.parametrize("page", ["one (4) hour", "4 (one) hours", "one (4) or four (1) hours"])
def test_words_and_brackets_that_differ_are_named_even_if_the_policy_has_both(page: str) -> None:
    policy = quill("1 hour", **{"An answer in time.": "In 1 hour and at night in 4 hours."})
    [found] = {each.wrong.split(":")[0] for each in compared(policy, HOURS + page)[0]}
    assert found == f'words and brackets differ in "{page}"'


def test_a_business_day_is_24_hours_only_on_a_calendar_that_never_closes() -> None:
    always = {'{mon-fri: "09:00-18:00"}': '{mon-sun: "00:00-24:00"}', "{country: FR}": "{}"}
    policy = quill("1 business day", **always)
    assert compared(policy, "Open 24/7. We answer within 24 hours.") == ((), ())


def test_other_opening_hours_are_named() -> None:
    of_page, of_policy = compared(quill("1 hour"), "We work from 8 am to 6 pm. Response: 1 hour.")
    assert [each.wrong.split(":")[0] for each in of_page] == ['only the page has "8 am"']
    assert [each.wrong for each in of_policy] == [
        'only the policy has "09:00-18:00", and not the page'
    ]


def test_a_list_of_holidays_is_complete_and_right() -> None:
    page = HOURS + "1 hour.\n\nClosed in 2027\n\n1 January, 14 July, 26 December\n"
    of_page, of_policy = compared(quill("1 hour"), page, year=2026)
    assert [each.wrong.split(":")[0] for each in of_page] == ['only the page has "26 December"']
    missing = [finding.wrong.split('"')[1] for finding in of_policy]
    assert "2027-05-01 (Labor Day)" in missing
    assert len(missing) == 9


def test_a_page_without_holidays_is_not_asked_for_them() -> None:
    page = HOURS + "1 hour. In force from 1 January 2027."
    assert compared(quill("1 hour"), page) == ((), ())


def test_a_time_in_the_wrong_row_or_column_is_named() -> None:
    policy, page = policies()["cention"], markdown_of("cention", "en")
    row = "| **Critical** | 4\u00a0business hours | 1\u00a0business hour |"
    swapped = "| **Critical** | 1\u00a0business hour | 4\u00a0business hours |"
    assert row in page
    found = compare(policy, page_sentences(page.replace(row, swapped).encode()), 2027)
    assert [each.wrong.split(":")[0] for each in found.of_page] == [
        'for critical, foundation only the page has "1 business hour"',
        'for critical, professional only the page has "4 business hours"',
    ]
    assert {each.clause for each in found.of_page} == {"response-times"}


CHANGES = [
    ("contently", "en", "2 business days", "3 business days"),
    ("contently", "en", "09:00–17:00", "09:00–16:00"),
    ("contently", "en", "Monday 31 May", "Tuesday 1 June"),
    ("prismic", "en", "1 hour", "2 hours"),
    ("prismic", "en", "up to 8 hours", "up to 9 hours"),
    ("cention", "en", "08:00–22:00", "08:00–21:00"),
    ("contensive", "en", "90 days", "60 days"),
    ("contentsquare", "fr", "48 heures ouvrées", "24 heures ouvrées"),
    ("contentsquare", "en", "6 business hours", "6 hours"),
    ("cention", "en", "24 business hours", "24 hours"),
    ("contentsquare", "fr", "99,5 %", "99,9 %"),
    ("contentsquare", "fr", "30 jours", "60 jours"),
    ("contentsquare", "en", "08:00–16:00", "08:00–15:00"),
]


CHANGED_POLICIES = [
    ("contently", "2 business days", "3 business days"),
    ("prismic", "1 hour", "3 hours"),
    ("cention", "4 business hours", "5 business hours"),
    ("contensive", "90 days", "91 days"),
    ("contentsquare", "48 business hours", "47 business hours"),
]


@pytest.mark.parametrize(("policy", "old", "new"), CHANGED_POLICIES)
def test_a_changed_number_of_a_policy_is_found_with_its_place(
    policy: str, old: str, new: str
) -> None:
    text = (SHIPPED / f"{policy}.yaml").read_text(encoding="utf-8")
    assert old in text
    changed = read_policy(text.replace(old, new))
    found = compare(changed, page_sentences(markdown_of(policy, "en").encode()), 2027).of_policy
    named = [each for each in found if f'"{new}"' in each.wrong]
    assert named
    assert all(each.path and each.clause for each in named)


@pytest.mark.parametrize(("policy", "language", "old", "new"), CHANGES)
def test_a_changed_number_of_a_page_is_found(
    policy: str, language: str, old: str, new: str
) -> None:
    page = markdown_of(policy, language).replace("\u00a0", " ")
    assert old in page
    found = compare(policies()[policy], page_sentences(page.replace(old, new).encode()), 2027)
    assert any(new in each.wrong or new[:5] in each.wrong for each in found.of_page)
