"""The clock of the API agrees with Temporal's, or the API takes nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from api.agreed_clock import LARGEST_SKEW, AgreedClock
from api.http.problems import Problem

HERE = datetime(2027, 1, 13, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.fault(67)


def compared(there: datetime) -> AgreedClock:
    """A clock that stood at noon while Temporal's stood `there`; the comparison took a second."""
    clock = AgreedClock(lambda: HERE, lambda: 0.0)
    clock.compare(HERE - SECOND, there, HERE)
    return clock


@pytest.mark.parametrize("apart", [-LARGEST_SKEW - SECOND, -SECOND / 2, LARGEST_SKEW])
def test_clocks_within_five_seconds_agree(apart: timedelta) -> None:
    assert compared(HERE + apart).now() == HERE


@pytest.mark.parametrize("apart", [timedelta(hours=-48), timedelta(hours=48), LARGEST_SKEW * 1.1])
def test_a_clock_that_is_off_gives_no_time_and_names_both_times(apart: timedelta) -> None:
    clock = compared(HERE + apart)
    with pytest.raises(Problem) as refused:
        clock.now()
    assert refused.value.type.status == 503
    assert "12:00:00+00:00 here" in refused.value.detail
    assert f"{clock.there().isoformat(timespec='seconds')} on the Temporal" in refused.value.detail
    assert abs(clock.there() - (HERE + apart)) <= SECOND


def test_a_clock_that_was_set_right_agrees_again() -> None:
    clock = compared(HERE + timedelta(hours=1))
    clock.compare(HERE, HERE, HERE)
    assert clock.now() == HERE


@pytest.mark.parametrize("jump", [timedelta(minutes=3), timedelta(days=-1)])
def test_a_clock_that_jumps_between_two_comparisons_gives_no_time_from_then_on(
    jump: timedelta,
) -> None:
    passed, off = 0.0, timedelta(0)
    clock = AgreedClock(lambda: HERE + timedelta(seconds=passed) + off, lambda: passed)
    clock.compare(HERE, HERE, HERE)
    passed = 29.0
    assert clock.now() == HERE + timedelta(seconds=29)
    off = jump
    with pytest.raises(Problem) as refused:
        clock.now()
    assert refused.value.type.status == 503
    assert clock.there() == HERE + timedelta(seconds=29)
    # A comparison finds the same, and needs no other one once the clock is right.
    clock.compare(clock.local(), HERE + timedelta(seconds=29), clock.local())
    with pytest.raises(Problem):
        clock.now()
    off = timedelta(0)
    assert clock.now() == HERE + timedelta(seconds=29)
