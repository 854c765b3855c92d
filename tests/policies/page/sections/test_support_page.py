"""A page has every number that its policy promises to customers, and nothing that is internal."""

import re
from collections.abc import Mapping

import pytest

from policies.page.comparison.comparison import compare
from policies.page.comparison.page_text import page_sentences
from policies.page.sections.branches import Axis, Branch, branch
from policies.page.sections.hours import used_calendars
from policies.page.sections.support_page import page_languages
from policies.schema.calendar_days import days_in
from tests.policies.page.sample_pages import (
    PAGES,
    YEAR,
    html_of,
    markdown_of,
    page_of,
    policies,
)

PROMISED = {
    ("contently", "en"): [
        "2 business days",
        "1 business day",
        "the following week",
        "Monday to Friday, 09:00–17:00, New York time (UTC−5, in summer UTC−4)",
        "within 5 business days",
        "Monday 5 July Independence Day (observed)",
        "Reproduce the issue with the requester's steps",
    ],
    ("prismic", "en"): [
        "Category 1 | 1 hour | 4 hours | 1 hour",
        "Category 2 | 4 hours | 8 hours | 4 hours",
        "up to 8 hours per contract year",
        "Free, Starter, Small, Medium and Platinum | No response time is guaranteed.",
    ],
    ("cention", "en"): [
        "Foundation | Monday to Friday, 09:00–18:00",
        "Professional | Monday to Friday, 08:00–22:00",
        "Enterprise | 24 hours a day, 7 days a week",
        "Critical | 4 business hours | 1 business hour | 2 business hours",
        "Serious | 8 business hours | 4 business hours | 4 business hours",
        "Minor | 24 business hours | 12 business hours | 8 business hours",
        "we remind you after 2 and 5 business days",
        "Account manager (Professional and Enterprise)",
        "Saturday 25 December Christmas Day",
    ],
    ("contensive", "en"): ["90 days", "We promise no response or resolution times."],
    ("contentsquare", "fr"): [
        "P0 – Critique | 2 heures ouvrées | 2 heures | 48 heures ouvrées",
        "P1 – Élevée | 6 heures ouvrées | 6 heures ouvrées | 10 jours ouvrés",
        "P2 – Normale | 8 heures ouvrées | 8 heures ouvrées | 20 jours ouvrés",
        "un taux de disponibilité de 99,5 %, chaque mois",
        "1 jour de contrat en plus pour chaque jour de retard entamé",
        "le samedi et le dimanche, de 8 h à 16 h (UTC+2)",
        "dans un délai de 30 jours",
        "Ces horaires s’appliquent aussi les jours fériés.",
    ],
    ("contentsquare", "en"): [
        "P0 – Critical | 2 business hours | 2 hours | 48 business hours",
        "99.5%",
        "1 day of additional contract time for each day begun after the due time",
        "within 30 days",
        "Saturday and Sunday, 08:00–16:00 (UTC+2)",
    ],
}


def text_of(policy: str, language: str) -> str:
    sentences = page_sentences(html_of(policy, language).encode())
    return "\n".join(sentence.text for sentence in sentences).replace("\u00a0", " ")


@pytest.mark.parametrize(("policy", "language"), PROMISED)
def test_the_promises_of_the_shipped_policies_are_on_their_pages(
    policy: str, language: str
) -> None:
    text = text_of(policy, language)
    assert [phrase for phrase in PROMISED[policy, language] if phrase not in text] == []


@pytest.mark.parametrize(("policy", "language"), PAGES)
@pytest.mark.parametrize("text_of", [html_of, markdown_of], ids=["html", "markdown"])
def test_a_page_has_all_numbers_of_its_policy_and_no_other(
    policy: str, language: str, text_of: object
) -> None:
    assert callable(text_of)
    page = text_of(policy, language)
    found = compare(policies()[policy], page_sentences(page.encode()), 2026)
    assert found.of_policy == ()
    assert found.of_page == ()


@pytest.mark.parametrize(("policy", "language"), PAGES)
def test_every_closed_day_of_the_year_is_listed_by_name(policy: str, language: str) -> None:
    html = html_of(policy, language)
    for rule in used_calendars(policies()[policy]).values():
        for day in days_in(rule, range(YEAR, YEAR + 1), language).closed:
            assert f'<time datetime="{day}">' in html


def test_names_that_no_rule_mentions_are_not_tried_one_by_one() -> None:
    tried: list[Mapping[str, str]] = []

    def value_of(request: Mapping[str, str]) -> tuple[str, ...]:
        tried.append(dict(request))
        return ("1 hour" if request["plan"] == "gold" else "2 hours",)

    axis = Axis("plan", ("gold", *(f"plan{number}" for number in range(100))), frozenset({"gold"}))
    tree = branch((axis,), value_of)
    assert isinstance(tree, Branch)
    assert [len(names) for names, _ in tree.entries] == [1, 100]
    assert len(tried) == 2


def test_internal_targets_and_readings_are_not_shown() -> None:
    text = text_of("contently", "en")
    assert "Review" not in text
    assert "60 business days" not in text
    assert "US federal" not in text


@pytest.mark.parametrize(("policy", "language"), PAGES)
def test_no_text_of_a_page_is_in_another_language(policy: str, language: str) -> None:
    assert re.findall(r'<span lang="[^"]*">[^<]*', html_of(policy, language)) == []


def test_a_page_exists_in_the_languages_of_its_policy() -> None:
    assert page_languages(policies()["contentsquare"]) == ("fr", "en")
    assert page_languages(policies()["cention"]) == ("en",)


def test_a_section_without_content_is_left_out() -> None:
    assert "credits" not in [section.anchor for section in page_of("cention", "en").sections]
    assert "credits" in [section.anchor for section in page_of("contentsquare", "fr").sections]
