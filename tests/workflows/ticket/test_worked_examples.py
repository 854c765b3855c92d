"""The pages under `examples/policies`: each is complete, and its worked examples hold on the core.

A worked example states an outcome that was counted by hand from the support page. It is a scenario
in `examples/worked/<policy>/<number>-<title>.yaml`, with any dates.
"""

from pathlib import Path

import pytest

from commands.check import examine
from commands.scenario.script import read_script
from policies.loading.loader import load_policy, open_document
from settings import ROOT
from tests.harness import CATALOG
from tests.workflows.ticket.core_player import LONG_AGO, play

EXAMPLES = ROOT / "examples"
WORKED = sorted((EXAMPLES / "worked").glob("*/*.yaml"))
OF_THE_TUTORIAL = "nightjar"
PAGES = [
    path for path in sorted((EXAMPLES / "policies").glob("*.yaml")) if path.stem != OF_THE_TUTORIAL
]
NUMBERS = {1, 2, 3, 4, 5, 6}
"""Every page has these worked examples. One can have several files, such as `4a` and `4b`."""
CONTRACTS = sorted((EXAMPLES / "contracts").rglob("*.yaml"))


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def contracts_under(slug: str) -> list[Path]:
    return [path for path in CONTRACTS if open_document(path).data["policy"] == slug]


@pytest.mark.parametrize("path", WORKED, ids=named)
def test_a_worked_example_has_the_outcome_counted_by_hand(path: Path) -> None:
    comparisons = play(path, CATALOG)
    assert [comparison for comparison in comparisons if not comparison.holds] == []
    assert comparisons, "expect something"


@pytest.mark.parametrize("path", WORKED, ids=named)
def test_a_worked_example_belongs_to_a_page_and_says_what_it_shows(path: Path) -> None:
    script = read_script(path, CATALOG, LONG_AGO)
    assert script.policy.policy == path.parent.name, "the folder is named for the policy"
    assert path.parent.name in {page.stem for page in PAGES}
    assert path.read_text(encoding="utf-8").startswith("# "), "begin with a comment of one line"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_all_its_worked_examples(page: Path) -> None:
    numbers = {int(path.stem[0]) for path in WORKED if path.parent.name == page.stem}
    assert numbers == NUMBERS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_two_scenarios_and_a_contract(page: Path) -> None:
    assert load_policy(page).policy == page.stem, "the file is named for the policy"
    assert len(list((EXAMPLES / "scenarios" / page.stem).glob("*.yaml"))) >= 2
    assert contracts_under(page.stem), "add a contract under examples/contracts"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_and_its_contracts_pass_the_strict_check(page: Path) -> None:
    report = examine([page, *contracts_under(page.stem)])
    assert (report.errors, report.warnings, report.unreadable) == ([], [], [])
    assert report.exit_code(strict=True) == 0
