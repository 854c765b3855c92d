"""The master key rotates over open tickets, and none of them fails a workflow task."""

import pytest

from benchmarks.rotation import TARGETS, Rotation, rotation

TICKETS = 8
"""`python benchmarks/rotation.py` takes 1,000."""
STEPS = 3


@pytest.mark.fault(65)
async def test_no_workflow_task_fails_while_the_master_key_rotates() -> None:
    found = await rotation(TICKETS)
    assert found.failed_workflow_tasks == 0
    assert found.actions == STEPS * TICKETS
    assert found.replayed_with_the_new_key >= TICKETS
    assert found.unreadable_with_the_new_key == 0
    # One before the rotation, and one from the first event after it.
    assert found.data_keys_of_a_ticket >= 2
    assert found.rewrapped >= TICKETS


def test_every_target_belongs_to_a_measured_figure() -> None:
    assert {name for _, name in TARGETS} <= Rotation.model_fields.keys()
