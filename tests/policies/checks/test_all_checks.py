"""All checks together. The cases of each check are in the test file of its module."""

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


def test_all_errors_are_reported_at_once() -> None:
    text = broken("unassigned: lead", "unassigned: leed")
    text = broken("country: SE", "country: XX", text)
    text = broken("locale: en\n", "locale: en\nlocale: en\n", text)
    assert len(problems_in(text)) == 3


def test_the_sample_passes_every_check() -> None:
    policy = read_policy(POLICY)
    for check in all_checks.POLICY_CHECKS:
        assert list(check(policy)) == []


def test_every_check_has_a_case() -> None:
    texts = [case.text.replace("¦", "") for case in CASES]
    texts.append(WITHOUT_HOURS)
    texts.append(broken("within: 2 days", "within: 1 business day", WITHOUT_HOURS))
    texts.append(broken("regions:\n  north: {says: The north}\n", "").replace("[plan]", "[region]"))
    policies = [SupportPolicy.model_validate(Document.read(text, "").data) for text in texts]
    unbroken = [
        getattr(check, "__name__", "")
        for check in all_checks.POLICY_CHECKS
        if not any(list(check(policy)) for policy in policies)
    ]
    assert unbroken == []


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_policies_pass_every_check(path: Path) -> None:
    assert list(all_checks.policy_errors(load_policy(path))) == []
