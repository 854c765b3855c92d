"""The benchmark of attacks runs; its figures are those of a machine under other load."""

from pathlib import Path

from benchmarks.attacks import MOST_MEGABYTES, TARGETS, Scene, measure_on
from benchmarks.processes.api_process import Api
from benchmarks.processes.attack_process import FLOODS, SLOW


async def test_attacks_are_measured(edge: Api, edge_log: Path) -> None:
    attacks = ["half_heads", "guesses_of_one_address"]
    report = await measure_on(Scene(edge, edge_log), attacks, seconds=0.2)
    assert [*report] == attacks
    for figures in report.values():
        assert figures["connections"] > 0
        assert figures["failed_health_checks"] == figures["failed_reads"] == 0
        assert figures["megabytes_more"] <= MOST_MEGABYTES


def test_every_attack_has_targets() -> None:
    assert {attack for attack, _ in TARGETS} == SLOW.keys() | FLOODS.keys()
