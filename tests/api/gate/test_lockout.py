"""Delays, lockouts and memory of failed authentication."""

import pytest

from api.gate.client_address import client_address, grouped
from api.gate.lockout import LOCKOUT, MOST_ENTRIES, MOST_FAILURES, WINDOW, Lockout
from tests.api.gate.test_gate import Clock

ADDRESS = "203.0.113.7"


def failures(lockout: Lockout, times: int) -> list[float]:
    return [lockout.failed(ADDRESS) for _ in range(times)]


@pytest.mark.fault(58)
def test_failures_are_delayed_more_and_more() -> None:
    assert failures(Lockout(Clock()), MOST_FAILURES) == [0, 0, 0, 0.25, 0.5, 1, 2, 2, 2, 2]


def test_an_address_without_failures_is_not_locked_out() -> None:
    lockout = Lockout(Clock())
    failures(lockout, MOST_FAILURES - 1)
    assert lockout.seconds_left(ADDRESS, "right") == 0
    failures(lockout, 1)
    assert lockout.seconds_left(ADDRESS, "right") == LOCKOUT.total_seconds()
    assert lockout.seconds_left("203.0.113.8", "right") == 0


def test_failures_of_an_earlier_window_do_not_count() -> None:
    clock = Clock()
    lockout = Lockout(clock)
    failures(lockout, MOST_FAILURES - 1)
    clock.now += WINDOW.total_seconds() + 1
    assert failures(lockout, 1) == [0]


def test_a_lockout_is_logged_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    lockout = Lockout(clock)
    for number in range(100):
        for _ in range(MOST_FAILURES):
            lockout.failed(f"203.0.113.{number}")
    clock.now += 60
    failures(lockout, MOST_FAILURES)
    assert [record.getMessage() for record in caplog.records] == [
        "locked out after wrong tokens: 203.0.113.0",
        "locked out after wrong tokens: 203.0.113.7, and 99 more before",
    ]


def test_memory_is_bounded_however_many_addresses_fail() -> None:
    lockout = Lockout(Clock())
    for number in range(MOST_ENTRIES + 10):
        lockout.failed(str(number))
        lockout.accepted(str(number), "token")
    assert len(lockout._failures) == len(lockout._accepted) == MOST_ENTRIES


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("not:an:address", "not:an:address"),
    ],
)
def test_an_ipv6_network_counts_as_one_address(host: str, address: str) -> None:
    assert grouped(host) == address
    assert client_address({"client": (host, 1)}) == address


def test_a_request_without_an_address_counts_as_unknown() -> None:
    assert client_address({"client": None}) == "unknown"
