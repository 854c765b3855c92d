"""Hosts of one experiment: each a network namespace, joined by a bridge, with cuts between them.

A cut is a host that sends its packets to another one to a hardware address that nobody has. They
vanish, without a refusal or a reset, as in a network that is broken between two switches. It has a
direction: what the other host sends still arrives.

It runs in namespaces of its own (`own_namespaces.py`), so that nothing is left behind.
"""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

OUTSIDE = "outside"
"""The host of the program itself, and of every process that has no host of its own."""
_BRIDGE, _DEVICE = "desk0", "eth0"
_NET = "10.77.0"
_FIRST = 1
_NOBODY = "02:00:00:00:00:ff"


class Network:
    """Hosts by name. `OUTSIDE` is one of them."""

    def __init__(self, folder: Path, names: Collection[str]) -> None:
        """`folder` gets a file for each namespace."""
        self._folder = folder
        self._numbers = {name: n for n, name in enumerate([OUTSIDE, *names], _FIRST)}

    @property
    def addresses(self) -> dict[str, str]:
        """The address of each host."""
        return {name: f"{_NET}.{n}" for name, n in self._numbers.items()}

    def launcher(self, name: str) -> tuple[str, ...]:
        """The words that run a command on a host."""
        return () if name == OUTSIDE else ("nsenter", f"--net={self._folder / name}", "--")

    def make(self) -> None:
        """Makes all hosts."""
        self._folder.mkdir()
        self._ip(
            OUTSIDE,
            "link set lo up",
            f"link add {_BRIDGE} address {_hardware(_FIRST)} type bridge",
            f"addr add {_NET}.{_FIRST}/24 dev {_BRIDGE}",
            f"link set {_BRIDGE} up",
        )
        for name, number in self._numbers.items():
            if name != OUTSIDE:
                self._join(name, number)
        for name in self._numbers:
            self._ip(name, *self._lines(name, self._numbers, is_cut=False))

    def _join(self, name: str, number: int) -> None:
        file = self._folder / name
        file.touch()
        subprocess.run(["unshare", f"--net={file}", "true"], check=True)
        self._ip(
            name,
            "link set lo up",
            f"link add {_DEVICE} address {_hardware(number)} type veth "
            f"peer name {_DEVICE}-{number} netns {os.getpid()}",
            f"addr add {_NET}.{number}/24 dev {_DEVICE}",
            f"link set {_DEVICE} up",
        )
        self._ip(
            OUTSIDE,
            f"link set {_DEVICE}-{number} master {_BRIDGE}",
            f"link set {_DEVICE}-{number} up",
        )

    @asynccontextmanager
    async def cut(self, senders: Iterable[str], receivers: Iterable[str]) -> AsyncIterator[None]:
        """Every packet from one of these senders to one of these receivers vanishes."""
        from_, to = tuple(senders), tuple(receivers)
        try:
            await self._set(from_, to, is_cut=True)
            yield
        finally:
            await self._set(from_, to, is_cut=False)

    def others(self, name: str) -> tuple[str, ...]:
        """All hosts but one."""
        return tuple(other for other in self._numbers if other != name)

    async def _set(self, senders: Iterable[str], receivers: Iterable[str], *, is_cut: bool) -> None:
        for sender in senders:
            lines = self._lines(sender, receivers, is_cut=is_cut)
            await asyncio.to_thread(self._ip, sender, *lines)

    def _lines(self, sender: str, receivers: Iterable[str], *, is_cut: bool) -> list[str]:
        device = _BRIDGE if sender == OUTSIDE else _DEVICE
        numbers = [self._numbers[name] for name in receivers if name != sender]
        return [
            f"neigh replace {_NET}.{n} lladdr {_NOBODY if is_cut else _hardware(n)} "
            f"dev {device} nud permanent"
            for n in numbers
        ]

    def _ip(self, name: str, *lines: str) -> None:
        command = [*self.launcher(name), "ip", "-batch", "-"]
        subprocess.run(command, input="\n".join(lines), text=True, check=True)


def _hardware(number: int) -> str:
    return f"02:00:00:00:00:{number:02x}"
