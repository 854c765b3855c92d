"""The core agrees with a reference that shares nothing with it, whatever people do.

The reference (tests/chaos/model) is written from the clauses and the documents, in plain
Python. Here the crowd of run_chaos.py acts on the core alone, under every contract there is;
`python tests/chaos/run_model_checking.py` does the same for as long as one likes.
"""

from pathlib import Path

import pytest

from tests.workflows.ticket.simulated_ticket import CONTRACTS, Rehearsed

LIVES = 10
FOUND_SOMETHING = ("46",)
"""Lives that once did not agree; each is lived again under every contract."""


@pytest.mark.parametrize("path", CONTRACTS, ids=[path.stem for path in CONTRACTS])
def test_desk_and_reference_agree_on_every_life(path: Path) -> None:
    seeds = [*map(str, range(LIVES)), *FOUND_SOMETHING]
    assert [d for seed in seeds for d in Rehearsed(seed, path).live()] == []
