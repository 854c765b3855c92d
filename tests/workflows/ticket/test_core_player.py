"""Scenarios that pass on the real workflow pass on the functional core as well."""

from pathlib import Path

import pytest

from settings import ROOT
from tests.harness import CATALOG
from tests.workflows.ticket.core_player import play

SCENARIOS = sorted((ROOT / "examples" / "scenarios").glob("*/*.yaml"))
BY_THE_CLIENT = "a-retired-publication"
"""Its last refusal is that of the client, which finds no open workflow."""
OF_THE_CORE = [path for path in SCENARIOS if path.stem != BY_THE_CLIENT]


@pytest.mark.parametrize("path", OF_THE_CORE, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_scenario_passes_on_the_core(path: Path) -> None:
    failed = [comparison for comparison in play(path, CATALOG) if not comparison.holds]
    assert failed == []
