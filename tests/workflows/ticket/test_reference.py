"""The core agrees with the reference model on every ticket of a random workload.

The model (tests/chaos/model) is plain Python, written from the clauses and the documents, and
shares no code with the core. The workload is that of the chaos test, under every contract.
`python tests/chaos/run_model_checking.py --seconds S` runs it for longer.
"""

from pathlib import Path

import pytest

from activities.notices import DIGEST
from tests.chaos.checker.comparison import Comparison
from tests.workflows.ticket.simulated_ticket import CONTRACTS, CoreWorkload

SEEDS = 3


@pytest.mark.parametrize("path", CONTRACTS, ids=[path.stem for path in CONTRACTS])
def test_core_and_model_agree_on_every_ticket(path: Path) -> None:
    seeds = map(str, range(SEEDS))
    assert [d for seed in seeds for d in CoreWorkload(seed, path).run_and_compare()] == []


@pytest.mark.parametrize(
    ("contract", "seed"),
    [
        pytest.param("millwright", "low13", id="a cut-off before a due time was agreed"),
        pytest.param("millwright", "7013", id="waits before a due time was agreed"),
        pytest.param("millwright", "low0", id="reasons to wait that follow one another"),
        pytest.param("juniper-freight", "7238", id="a question before the start of a clock"),
        pytest.param("ember-kiln", "7343", id="levels that a change has put into the past"),
        pytest.param("gannet-cable", "low21", id="a paused clock that loses its time"),
        pytest.param("maison-lumiere", "7011", id="two actions at the same instant"),
    ],
)
def test_core_and_model_agree_on_tickets_that_they_once_counted_differently(
    contract: str, seed: str
) -> None:
    [path] = [path for path in CONTRACTS if path.stem == contract]
    assert CoreWorkload(seed, path).run_and_compare() == []


@pytest.mark.fault(59)
@pytest.mark.parametrize("path", CONTRACTS[:5], ids=[path.stem for path in CONTRACTS[:5]])
def test_core_and_model_hold_the_same_emails_of_a_flood(path: Path) -> None:
    workload = CoreWorkload("flood", path)
    workload.open()
    for _ in range(2):
        workload.flood(30)
    assert Comparison(workload.workload, workload.observed()).run() == []
    assert workload.ticket is not None
    digests = [n for n in workload.ticket.state.notices if n.template == DIGEST]
    assert len(digests) == 2
