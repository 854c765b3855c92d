"""Free ports for server processes that a test starts."""

import random
from pathlib import Path

from bootstrap.tcp_ports import is_free

LOOPBACK = "127.0.0.1"

# The system assigns ports from here on to outgoing connections and to `bind` on port 0. A lower
# port stays free between the check and its use.
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST_EPHEMERAL = int(_EPHEMERAL.read_text().split()[0]) if _EPHEMERAL.exists() else 32768
_CHOICE = range(10_240, max(_FIRST_EPHEMERAL, 20_480))
_RANDOM = random.SystemRandom()


def free_ports(count: int) -> list[int]:
    """Distinct free ports outside the range that the system assigns from."""
    return [port for port in _RANDOM.sample(_CHOICE, 20 * count) if is_free(LOOPBACK, port)][:count]


def free_port() -> int:
    """A free port."""
    return free_ports(1)[0]
