"""A verdict is the same in every process, whatever the order in which a set has its names."""

import subprocess
import sys
from pathlib import Path

from policies.coverage.evaluation import verdict
from policies.coverage.verdict import Decision
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.policy import SupportPolicy

NAMES = tuple(f"fact_{letter}" for letter in "qazwsxedc")
ROOT = Path(__file__).parents[3]
PROGRAM = "from tests.policies.coverage.test_verdict_order import shown; print(shown())"


def policy() -> SupportPolicy:
    """A policy whose only rule needs many facts."""

    shipped = PolicyCatalog.shipped().latest("contently")
    rule = shipped.coverage[0].model_copy(update={"when": " && ".join(NAMES)})
    fact = next(iter(shipped.facts.values())).model_copy(update={"required": True})
    return shipped.model_copy(update={"coverage": (rule,), "facts": dict.fromkeys(NAMES, fact)})


def shown() -> str:
    """The verdicts with all facts and with none, as JSON."""
    known = verdict(policy(), dict.fromkeys(NAMES, True))
    return known.model_dump_json() + verdict(policy(), {}).model_dump_json()


def test_facts_are_in_the_order_of_their_names() -> None:
    known, unknown = verdict(policy(), dict.fromkeys(NAMES, True)), verdict(policy(), {})
    assert list(known.used) == sorted(NAMES)
    assert (unknown.decision, list(unknown.missing)) == (Decision.NEEDS_FACTS, sorted(NAMES))


def test_a_verdict_is_the_same_text_in_every_process() -> None:
    # This process has a seed of its own.
    other = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout == f"{shown()}\n"
