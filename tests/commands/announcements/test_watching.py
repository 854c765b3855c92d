"""Whoever watches an announcement is told why nothing is seen of it."""

from commands.announcements.watching import why_unseen
from workflows.client.calls import DeskUnavailable, WorkflowStuck


def test_without_a_worker_the_announcement_is_said_to_go_on_later() -> None:
    assert why_unseen(DeskUnavailable()).startswith("no worker answers; the announcement goes on")


def test_an_announcement_that_has_stopped_is_not_said_to_go_on() -> None:
    reason = why_unseen(WorkflowStuck("announcement/cention/2027-06-01"))
    assert reason.startswith("the announcement cention 2027-06-01 has stopped")
