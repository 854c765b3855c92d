"""The parts of a policy must agree; where they do not, the place and the remedy are named.

Each check has its own cases in the file of its name.
"""

from importlib import import_module
from pathlib import Path

import pytest

from policies.checks import all_checks
from policies.documents.document import Document
from policies.loading.loader import load_policy, read_policy
from policies.loading.policy_catalog import SHIPPED
from policies.schema.policy import SupportPolicy
from tests.policies.checks.case import Case
from tests.policies.checks.test_calendars import WITHOUT_HOURS
from tests.policies.sample_documents import POLICY, broken, problems_in

TESTED = [
    import_module(f"tests.policies.checks.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("test_*.py"))
    if path != Path(__file__)
]
CASES: list[Case] = [case for tests in TESTED for case in getattr(tests, "CASES", {}).values()]


def test_every_disagreement_is_reported_at_once() -> None:
    text = broken("unassigned: lead", "unassigned: leed")
    text = broken("country: SE", "country: XX", text)
    text = broken("locale: en\n", "locale: en\nlocale: en\n", text)
    assert len(problems_in(text)) == 3


def test_the_sample_breaks_no_rule_and_each_rule_says_in_its_name_what_holds() -> None:
    policy = read_policy(POLICY)
    for rule in all_checks.POLICY_CHECKS:
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
        for rule in all_checks.POLICY_CHECKS
        if not any(list(rule(policy)) for policy in policies)
    ]
    assert unbroken == []


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_policies_agree_with_themselves(path: Path) -> None:
    assert list(all_checks.policy_errors(load_policy(path))) == []
