"""Histories of every release replay on today's code."""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.e2e.lives import LIVES
from workflows.connection import DATA_CONVERTER
from workflows.ticket.workflow import TicketWorkflow

HISTORIES = sorted((Path(__file__).parents[1] / "histories").glob("*/*.json"))


def recorded(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text())


def test_every_life_has_a_recorded_history() -> None:
    assert len(LIVES) >= 6
    assert {path.stem for path in HISTORIES} >= set(LIVES)


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_a_recorded_history_replays(path: Path) -> None:
    replayer = Replayer(workflows=[TicketWorkflow], data_converter=DATA_CONVERTER)
    await replayer.replay_workflow(recorded(path))
