"""The parts of a policy must agree; where they do not, the place and the remedy are named.

What each rule holds is tested beside it, in `rules/`.
"""

from importlib import import_module
from pathlib import Path

import pytest

from policies import consistency
from policies.catalogue import SHIPPED
from policies.documents import Document
from policies.loading import load_policy, read_policy
from policies.schema.document import SupportPolicy
from tests.policies.rules.case import Case
from tests.policies.rules.test_calendars import WITHOUT_HOURS
from tests.policies.sample_documents import POLICY, broken, problems_in

TESTED = [
    import_module(f"tests.policies.rules.{path.stem}")
    for path in sorted((Path(__file__).parent / "rules").glob("test_*.py"))
]
CASES: list[Case] = [case for tests in TESTED for case in getattr(tests, "CASES", {}).values()]


def test_every_disagreement_is_reported_at_once() -> None:
    text = broken("unassigned: lead", "unassigned: leed")
    text = broken("country: SE", "country: XX", text)
    text = broken("locale: en\n", "locale: en\nlocale: en\n", text)
    assert len(problems_in(text)) == 3


def test_the_sample_breaks_no_rule_and_each_rule_says_in_its_name_what_holds() -> None:
    policy = read_policy(POLICY)
    for rule in consistency.POLICY_RULES:
        assert list(rule(policy)) == []
        assert "_" in getattr(rule, "__name__", "")


def test_every_rule_is_shown_by_a_policy_that_breaks_it() -> None:
    texts = [case.text.replace("¦", "") for case in CASES]
    texts.append(WITHOUT_HOURS)
    texts.append(broken("within: 2 days", "within: 1 business day", WITHOUT_HOURS))
    texts.append(broken("regions:\n  north: {says: The north}\n", "").replace("[plan]", "[region]"))
    policies = [SupportPolicy.model_validate(Document.read(text, "").data) for text in texts]
    unbroken = [
        getattr(rule, "__name__", "")
        for rule in consistency.POLICY_RULES
        if not any(list(rule(policy)) for policy in policies)
    ]
    assert unbroken == []


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_policies_agree_with_themselves(path: Path) -> None:
    assert list(consistency.inconsistencies(load_policy(path))) == []
