"""The texts of the shipped policies that e-mails set into their own sentences."""

import re

import pytest

from policies.i18n.locales import by_locale
from policies.schema.policy import SupportPolicy
from tests.harness import CATALOG

POLICIES = [CATALOG.latest(slug) for slug in CATALOG.slugs]


def texts(says: object) -> list[str]:
    assert isinstance(says, str | dict)
    return list(by_locale(says, "own").values())


@pytest.mark.parametrize("policy", POLICIES, ids=CATALOG.slugs)
def test_the_name_of_a_level_fits_into_a_sentence(policy: SupportPolicy) -> None:
    levels = policy.process.levels.ladder if policy.process.levels else ()
    for level in levels:
        assert all(text[-1].isalpha() for text in texts(level.says))


@pytest.mark.parametrize("policy", POLICIES, ids=CATALOG.slugs)
def test_a_reason_is_a_sentence_and_a_question_can_be_answered_from_the_email(
    policy: SupportPolicy,
) -> None:
    for rule in policy.coverage:
        assert all(re.search(r"[^.]\.$", text) for text in texts(rule.says))
    for fact in policy.facts.values():
        assert not any("_" in text for text in texts(fact.ask))


@pytest.mark.clause("contentsquare/browser")
def test_a_french_policy_is_cited_by_article() -> None:
    clauses = CATALOG.latest("contentsquare").clauses
    assert clauses["browser"].at == "article 3.c"
    assert all(clause.at.startswith("article") for clause in clauses.values())
