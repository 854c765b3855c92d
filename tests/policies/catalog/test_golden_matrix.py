"""No promise of a shipped policy changes unnoticed."""

import json

import pytest

from policies.loading.policy_catalog import PolicyCatalog
from tests.policies.catalog.golden_matrix import GOLDEN, matrix

CATALOG = PolicyCatalog.shipped()


@pytest.mark.parametrize("slug", CATALOG.slugs)
def test_every_promise_equals_the_reviewed_matrix(slug: str) -> None:
    golden = json.loads((GOLDEN / f"{slug}.json").read_text(encoding="utf-8"))
    assert matrix(CATALOG.latest(slug)) == golden


def test_every_golden_matrix_belongs_to_a_shipped_policy() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(CATALOG.slugs)
