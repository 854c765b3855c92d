"""Shares of back-tests are shown so that nobody promises what was not kept."""

import pytest

from backtest.results.totals import percent


@pytest.mark.parametrize(
    ("share", "digits", "shown"),
    [
        (23_664 / 24_918, 1, "94.9"),
        (0.9999, 0, "99"),
        (0.95, 1, "95.0"),
        (0.29, 0, "29"),
        (1, 1, "100.0"),
    ],
)
def test_a_share_below_a_goal_is_never_shown_as_the_goal(
    share: float, digits: int, shown: str
) -> None:
    assert percent(share, digits) == shown
