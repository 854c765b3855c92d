"""An experiment adds to the dynamic configuration of the deployment, and drops nothing of it."""

from pathlib import Path

import yaml

from deploy.cluster.dynamic_config import SHARED, write_with
from workflows.temporal.dev_server import MOVABLE_TIME, ONE_PARTITION


def test_shared_values_stay_and_further_ones_are_added(tmp_path: Path) -> None:
    shared = yaml.safe_load(SHARED.read_text(encoding="utf-8"))
    file = write_with(
        {**MOVABLE_TIME, "limit.historyCount.suggestContinueAsNew": "90"}, tmp_path / "x"
    )
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert {name: written[name] for name in shared} == shared
    assert written["frontend.WorkflowTimeSkippingEnabled"] == [{"value": True}]
    assert written["history.timerProcessorMaxTimeShift"] == [{"value": "10ms"}]
    assert written["limit.historyCount.suggestContinueAsNew"] == [{"value": 90}]


def test_the_deployment_has_the_partitions_of_a_development_server() -> None:
    shared = yaml.safe_load(SHARED.read_text(encoding="utf-8"))
    assert {name: str(shared[name][0]["value"]) for name in ONE_PARTITION} == ONE_PARTITION
