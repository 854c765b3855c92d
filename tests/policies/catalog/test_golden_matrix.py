"""No promise of a shipped policy changes unnoticed."""

import pytest

from policies.loading.policy_catalog import PolicyCatalog
from tests.policies.catalog.golden_matrix import GOLDEN, WRITE_AND_REVIEW, matrix, recorded

CATALOG = PolicyCatalog.shipped()


@pytest.mark.parametrize("slug", CATALOG.slugs)
def test_every_promise_equals_the_reviewed_matrix(slug: str) -> None:
    golden = recorded(slug)
    assert matrix(CATALOG.latest(slug)) == golden, f"if that is intended, {WRITE_AND_REVIEW}"


def test_every_golden_matrix_belongs_to_a_shipped_policy() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(CATALOG.slugs), WRITE_AND_REVIEW
