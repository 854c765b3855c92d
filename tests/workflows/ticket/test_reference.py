"""The core agrees with a reference that shares nothing with it, whatever people do.

The reference (benchmarks/chaos_model) is written from the clauses and the documents, in plain
Python. Here the crowd of benchmarks/chaos.py acts on the core alone, under every contract there is;
`python benchmarks/model_checking.py` does the same for as long as one likes.
"""

from pathlib import Path

import pytest

from tests.workflows.ticket.rehearsed import CONTRACTS, Rehearsed

LIVES = 10
FOUND_SOMETHING = ("46",)
"""Lives that once did not agree; each is lived again under every contract."""


@pytest.mark.parametrize("path", CONTRACTS, ids=[path.stem for path in CONTRACTS])
def test_desk_and_reference_agree_on_every_life(path: Path) -> None:
    seeds = [*map(str, range(LIVES)), *FOUND_SOMETHING]
    assert [d for seed in seeds for d in Rehearsed(seed, path).live()] == []
