"""The open connections: how many there are, by address, and which one makes room for another.

A new connection above a limit takes the place of one that waits for its peer: for a request, for
the rest of one, or for its response to be read. It is one of the address with the most connections,
and of these the one that waits longest. So connections that are merely held open keep nobody out,
and a client that sends its request is served. A connection whose request is being processed is
never closed; if all are, the new one is refused.
"""

import logging
from collections import Counter
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from time import monotonic
from typing import Protocol

from api.gate.client_address import grouped
from api.gate.quiet_log import QuietLog
from api.gate.request_rates import RequestRates
from api.server.limits import ConnectionLimits

PROXIES = "trusted proxies"
logger = logging.getLogger(__name__)


class Connection(Protocol):
    """An open connection, as far as limits are concerned."""

    address: str
    expires_at: float | None
    """When its peer has taken too long."""

    def expire(self) -> None:
        """Ends the connection because its peer has taken too long."""

    def abort(self) -> None:
        """Ends the connection at once."""


class Connections:
    """The connections of one server. `clock` is the monotonic clock of the event loop."""

    def __init__(self, limits: ConnectionLimits, clock: Callable[[], float] = monotonic) -> None:
        self.limits = limits
        self._most = limits.most_possible
        self._rates = RequestRates(limits.connects_per_second, clock)
        self._trusted = [ip_network(each, strict=False) for each in limits.trusted_proxies]
        self._by_address: Counter[str] = Counter()
        self._total = 0
        self._log = QuietLog(logger, "connections were refused or ended", clock)
        # In the order in which they began to wait for their peers.
        self._waiting: dict[Connection, None] = {}
        self._open: set[Connection] = set()

    def admit(self, host: str) -> str | None:
        """Makes room for a connection from this host: its address, or None to refuse it."""
        # Proxies count as one, without limits: each has the connections of many clients.
        address = PROXIES if self._is_trusted(host) else grouped(host)
        if not (self._has_room_for(address) and (self._total < self._most or self.make_room())):
            self.note("too many connections", address)
            return None
        self._by_address[address] += 1
        self._total += 1
        return address

    def make_room(self, address: str | None = None) -> bool:
        """Ends a connection that waits, of one address or of all, if there is one."""
        waiting = (c for c in self._waiting if address is None or c.address == address)
        # Of equals, the first: that which waits longest.
        first = max(waiting, key=self._share_of, default=None)
        if first is None:
            return False
        self.note("too many connections", first.address)
        self._waiting.pop(first)
        first.abort()
        return True

    def note(self, what: str, address: str) -> None:
        """Logs a connection that was refused or ended, at most once a minute."""
        self._log.note(f"{what} ({address})")

    def release(self, address: str) -> None:
        """Forgets an admitted connection that is closed."""
        self._total -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def opened(self, connection: Connection) -> None:
        """Adds a connection, which begins by waiting for its peer."""
        self._open.add(connection)
        self._waiting[connection] = None

    def waits(self, connection: Connection) -> None:
        """Puts a connection last among those that wait."""
        self._waiting.pop(connection, None)
        self._waiting[connection] = None

    def works(self, connection: Connection) -> None:
        """Takes a connection out of those that wait: a request of it is being processed."""
        self._waiting.pop(connection, None)

    def closed(self, connection: Connection) -> None:
        """Removes a connection."""
        self._open.discard(connection)
        self._waiting.pop(connection, None)
        self.release(connection.address)

    def sweep(self, now: float) -> int:
        """Ends the connections whose peers have taken too long; returns their number."""
        late = [c for c in self._open if c.expires_at is not None and c.expires_at <= now]
        for connection in late:
            connection.expire()
        return len(late)

    def __len__(self) -> int:
        """The number of connections, with those that are still being accepted."""
        return self._total

    def _has_room_for(self, address: str) -> bool:
        if address == PROXIES:
            return True
        if self._rates.take(address):
            return False
        most = self.limits.most_per_address
        return not most or self._by_address[address] < most or self.make_room(address)

    def _share_of(self, connection: Connection) -> int:
        """The connections of its address. Those of proxies have one client each."""
        return 1 if connection.address == PROXIES else self._by_address[connection.address]

    def _is_trusted(self, host: str) -> bool:
        if not self._trusted:
            return False
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return False
        return any(address in network for network in self._trusted)
