"""The client of announcements says in plain words why one cannot go on."""

import pytest
from temporalio.api.failure.v1 import ApplicationFailureInfo, Failure, TimeoutFailureInfo

from workflows.client.announcements import obstacle_of


@pytest.mark.parametrize(
    ("failure", "obstacle"),
    [
        (
            Failure(
                message="activity Heartbeat timeout", timeout_failure_info=TimeoutFailureInfo()
            ),
            "a worker did not answer in time; it is tried again",
        ),
        (
            Failure(
                message="the directory does not answer",
                application_failure_info=ApplicationFailureInfo(),
            ),
            "the directory does not answer",
        ),
    ],
)
def test_an_obstacle_is_told_in_plain_words(failure: Failure, obstacle: str) -> None:
    assert obstacle_of(failure) == obstacle
