"""Ports for servers that a test starts a moment later, in a process of their own."""

import random
from pathlib import Path

from bootstrap.tcp_ports import is_free

LOOPBACK = "127.0.0.1"

# What the system hands out by itself, to outgoing connections and to `bind` on port 0, begins
# here; a port from below it is not taken between the asking and the use.
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST_EPHEMERAL = int(_EPHEMERAL.read_text().split()[0]) if _EPHEMERAL.exists() else 32768
_CHOICE = range(10_240, max(_FIRST_EPHEMERAL, 20_480))
_CHANCE = random.SystemRandom()


def free_ports(count: int) -> list[int]:
    """Different ports that nobody listens on, and that nobody is given unasked."""
    return [port for port in _CHANCE.sample(_CHOICE, 20 * count) if is_free(LOOPBACK, port)][:count]


def free_port() -> int:
    """One such port."""
    return free_ports(1)[0]
