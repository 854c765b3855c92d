"""A connection above a limit takes the place of the one that waits longest for its peer."""

import pytest

from api.server.connections import Connections
from api.server.limits import ConnectionLimits
from tests.api.gate.test_gate import Clock

LIMITS = ConnectionLimits(most=4, most_per_address=2, connects_per_second=0)


class Fake:
    """A connection that knows how it ended."""

    def __init__(self, connections: Connections, address: str) -> None:
        self.address = address
        self.expires_at: float | None = None
        self.end = ""
        self._connections = connections

    def expire(self) -> None:
        """Ends by time."""
        self._ended("expired")

    def abort(self) -> None:
        """Ends to make room."""
        self._ended("aborted")

    def _ended(self, how: str) -> None:
        self.end = how
        self._connections.closed(self)


def opened(connections: Connections, host: str) -> Fake:
    address = connections.admit(host)
    assert address is not None
    connection = Fake(connections, address)
    connections.opened(connection)
    return connection


def ends(*connections: Fake) -> list[str]:
    return [connection.end for connection in connections]


@pytest.mark.fault(54)
def test_a_new_connection_of_an_address_replaces_its_oldest_idle_one() -> None:
    all_of_them = Connections(LIMITS)
    other, first, second = (opened(all_of_them, f"203.0.113.{n}") for n in (1, 2, 2))
    third = opened(all_of_them, "203.0.113.2")
    assert ends(other, first, second, third) == ["", "aborted", "", ""]


@pytest.mark.fault(54)
def test_a_new_connection_replaces_the_oldest_idle_one_of_all() -> None:
    all_of_them = Connections(LIMITS)
    first, *others = (opened(all_of_them, f"203.0.113.{n}") for n in range(5))
    assert ends(first, *others) == ["aborted", "", "", "", ""]
    assert len(all_of_them) == 4


@pytest.mark.fault(54)
def test_the_address_with_the_most_connections_makes_room() -> None:
    all_of_them = Connections(LIMITS)
    friend, *attackers = (opened(all_of_them, f"203.0.113.{n}") for n in (1, 2, 2, 3))
    last = opened(all_of_them, "203.0.113.4")
    assert ends(friend, *attackers, last) == ["", "aborted", "", "", ""]


def test_proxies_do_not_make_room_before_others() -> None:
    limits = ConnectionLimits(most=4, connects_per_second=0, trusted_proxies=("10.0.0.0/8",))
    all_of_them = Connections(limits)
    proxied = [opened(all_of_them, "10.0.0.1") for _ in range(2)]
    attackers = [opened(all_of_them, "203.0.113.2") for _ in range(2)]
    opened(all_of_them, "203.0.113.4")
    assert ends(*proxied, *attackers) == ["", "", "aborted", ""]


@pytest.mark.fault(54)
def test_a_connection_that_works_is_never_replaced() -> None:
    all_of_them = Connections(LIMITS)
    working = [opened(all_of_them, "203.0.113.2") for _ in range(2)]
    for connection in working:
        all_of_them.works(connection)
    assert all_of_them.admit("203.0.113.2") is None
    all_of_them.waits(working[1])
    opened(all_of_them, "203.0.113.2")
    assert ends(*working) == ["", "aborted"]


def test_a_connection_that_was_used_waits_last() -> None:
    all_of_them = Connections(LIMITS)
    first, second = (opened(all_of_them, "203.0.113.2") for _ in range(2))
    all_of_them.works(first)
    all_of_them.waits(first)
    opened(all_of_them, "203.0.113.2")
    assert ends(first, second) == ["", "aborted"]


def test_connections_past_their_time_are_ended() -> None:
    all_of_them = Connections(LIMITS)
    late, early, working = (opened(all_of_them, f"203.0.113.{n}") for n in range(3))
    late.expires_at, early.expires_at, working.expires_at = 10, 11, None
    assert all_of_them.sweep(10) == 1
    assert ends(late, early, working) == ["expired", "", ""]


def test_an_ipv6_network_has_the_limit_of_one_address() -> None:
    all_of_them = Connections(LIMITS)
    first, _, _ = (opened(all_of_them, f"2001:db8::{n}") for n in range(3))
    assert first.end == "aborted"


def test_new_connections_of_an_address_are_limited_in_time() -> None:
    clock = Clock()
    all_of_them = Connections(ConnectionLimits(connects_per_second=1), clock)
    assert [all_of_them.admit("203.0.113.2") for _ in range(3)] == ["203.0.113.2"] * 2 + [None]
    clock.now += 1
    assert all_of_them.admit("203.0.113.2")


def test_a_trusted_proxy_has_no_limit_of_its_own() -> None:
    limits = ConnectionLimits(
        most_per_address=1, connects_per_second=1, trusted_proxies=("10.0.0.0/8",)
    )
    all_of_them = Connections(limits, Clock())
    proxied = [opened(all_of_them, "10.1.2.3") for _ in range(9)]
    assert ends(*proxied) == [""] * 9
    assert all_of_them.admit("fe80::1%eth0")


def test_descriptors_limit_connections_too() -> None:
    assert ConnectionLimits(most=10**9).most_possible < 10**9
    assert ConnectionLimits(most=1).most_possible == 1
