"""Nothing that a shipped policy promises to anybody changes unnoticed."""

import json

import pytest

from policies.loading.policy_catalog import PolicyCatalog
from tests.policies.catalog.golden_matrix import GOLDEN, matrix

CATALOG = PolicyCatalog.shipped()


@pytest.mark.parametrize("slug", CATALOG.slugs)
def test_every_promise_to_every_request_is_as_it_was_reviewed(slug: str) -> None:
    golden = json.loads((GOLDEN / f"{slug}.json").read_text(encoding="utf-8"))
    assert matrix(CATALOG.latest(slug)) == golden


def test_every_golden_matrix_is_of_a_shipped_policy() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(CATALOG.slugs)
