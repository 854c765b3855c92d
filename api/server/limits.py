"""The limits of connections."""

import resource
from dataclasses import dataclass

RESERVED_DESCRIPTORS = 128
"""Descriptors for everything else: Temporal, policies, logs, the mail catcher of `desk up`."""


@dataclass(frozen=True)
class ConnectionLimits:
    """Limits of connections. Times are in seconds; a limit of 0 connections means no limit."""

    most: int = 512
    most_per_address: int = 64
    connects_per_second: float = 500.0
    """New connections of one address."""
    head_bytes: int = 32 * 1024
    head_fields: int = 100
    head_seconds: float = 10.0
    """From the beginning of a connection, or of the next request, to the end of the head."""
    body_seconds: float = 10.0
    idle_seconds: float = 10.0
    """Between two requests."""
    write_seconds: float = 10.0
    """For the peer to read what was sent."""
    sweep_seconds: float = 1.0
    """Between two looks at the times above."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks whose `X-Forwarded-For` is believed, without a limit of their own."""

    @property
    def most_possible(self) -> int:
        """The connections for which there are descriptors."""
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        possible = max(1, soft - RESERVED_DESCRIPTORS)
        return min(self.most or possible, possible)


DEFAULT_LIMITS = ConnectionLimits()
