"""A policy cannot cost much time or memory: neither when it is checked nor when it is used."""

import json
import subprocess
import sys
from typing import Any

import pytest

from policies.coverage.condition_cost import TooCostlyError
from policies.coverage.expressions import evaluate
from policies.loading.loader import read_policy
from policies.terms.overrides import OverridesRefused, apply_overrides
from settings import ROOT
from tests.policies.sample_documents import POLICY, broken, problems_in
from tests.security.hostile_policies import FIRST_RULE, HOSTILE, condition, nested

LONGEST = 1.0
"""Seconds of processor time for one file, as `process_time` counts them."""


@pytest.fixture(scope="module")
def costs() -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.security.hostile_policies"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


@pytest.mark.fault(57)
def test_every_hostile_policy_is_refused_soon(costs: dict[str, Any]) -> None:
    assert {name: outcome for name, (outcome, _) in costs["outcomes"].items()} == dict.fromkeys(
        HOSTILE, "refused"
    )
    assert [name for name, (_, seconds) in costs["outcomes"].items() if seconds > LONGEST] == []


def test_reading_hostile_policies_takes_less_than_200_megabytes(costs: dict[str, Any]) -> None:
    assert costs["megabytes"] < 200


@pytest.mark.fault(57)
@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        (nested(2), "a loop of the condition is inside another", "write one loop"),
        ('cause.matches("a")', "cannot use regular expressions", "contains, startsWith"),
        ('matches(cause, "a")', "cannot use regular expressions", "contains, startsWith"),
        ('cause.exists(x, x == "a")', "has another value than a list in brackets", "exists(one"),
        (f"{'(' * 30}beta{')' * 30}", "nested too deeply", "several rules"),
        (f"[{','.join('1' * 300)}].all(x, x > 0)", "has too many steps", "a shorter list"),
    ],
    ids=["loops", "matches", "matches as a function", "a text", "parentheses", "a long list"],
)
def test_a_condition_that_could_take_long_is_an_error_with_a_fix(
    text: str, wrong: str, right: str
) -> None:
    [problem] = [p for p in problems_in(condition(text)) if p.path == "coverage[0].when"]
    assert wrong in problem.wrong
    assert right in problem.right


@pytest.mark.fault(57)
def test_a_condition_that_could_take_long_is_never_evaluated() -> None:
    with pytest.raises(TooCostlyError):
        evaluate(nested(8), {})


@pytest.mark.fault(57)
def test_an_override_of_a_contract_cannot_bring_one_in() -> None:
    with pytest.raises(OverridesRefused, match="inside another"):
        apply_overrides(read_policy(POLICY), {"coverage[0].when": nested(8)})


def test_a_short_loop_over_a_list_may_stay() -> None:
    loop = '["plugin", "theme"].exists(one, one == cause)'
    assert problems_in(broken(FIRST_RULE, f"when: {loop!r}")) == []
