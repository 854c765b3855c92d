"""What an experiment does to the machines of a cluster: cuts, a full disk, clocks that jump.

A plan of faults names them after the target, as in `history cut` or `api clock`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

from deploy.cluster.addresses import LOOPBACK
from deploy.cluster.processes import OF_TEMPORAL
from tests.chaos.nemesis.machine.clock import ProcessClock
from tests.chaos.nemesis.machine.network import OUTSIDE, Network
from tests.chaos.nemesis.machine.small_disk import SmallDisk, mount_memory

POSTGRES = "postgres"
FRONTENDS = tuple(f"temporal-frontend-{n}" for n in range(1, OF_TEMPORAL["frontend"] + 1))
WORKERS = ("worker-1", "worker-2")
APIS = ("api-1", "api-2")
TEMPORAL = tuple(
    f"temporal-{service}-{n}" for service, count in OF_TEMPORAL.items() for n in range(1, count + 1)
)
CUTS = {
    "history cut": 5,
    "history deaf": 2,
    "history mute": 2,
    "matching cut": 3,
    "frontend cut": 3,
    "postgres cut": 4,
    "postgres mute": 1,
    "worker cut": 4,
    "worker deaf": 2,
}
"""Kinds of fault with their shares. A process that is deaf gets no packets, one that is mute sends
none; one that is cut does neither.
"""
DISK = {"postgres full": 2, "postgres wal-full": 1}
"""At the first kind of fault, writes fail as they need room. At the second one, also its log, the
WAL, needs room at once, without which PostgreSQL ends.
"""
CLOCKS = {"worker clock": 2, "api clock": 3, "postgres clock": 1}
CUT_SECONDS = (5.0, 20.0)
FULL_SECONDS = (5.0, 20.0)
CLOCK_SECONDS = (4.0, 12.0)
WAL_SECONDS = 20.0
WAL_FILES = 100
"""More than PostgreSQL keeps for later use."""
JUMPS = tuple(
    sign * jump
    for jump in (timedelta(minutes=3), timedelta(hours=2), timedelta(days=1))
    for sign in (1, -1)
)

Connect = Callable[[], Awaitable[Any]]
"""Connects to PostgreSQL."""
Inflict = Callable[[str, float], Awaitable[None]]
"""Inflicts one fault on the process of this name, and ends it. The number from 0 to 1 decides how
long it takes.
"""


class Machines:
    """The machines of one experiment: a host for each process, a disk, clocks."""

    def __init__(self, directory: Path, kinds: Mapping[str, int]) -> None:
        """`kinds` are those that the experiment has."""
        self._has_cuts = not kinds.keys().isdisjoint(CUTS)
        self._has_disk = not kinds.keys().isdisjoint(DISK)
        self._has_clocks = not kinds.keys().isdisjoint(CLOCKS)
        self._network = Network(directory / "hosts", (POSTGRES, *TEMPORAL, *WORKERS))
        self._folder = directory / "cluster" / "postgres"
        self._disk = SmallDisk(self._folder)
        self._clocks = self._make_clocks(directory) if self._has_clocks else {}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Makes them; what has to be undone is undone at the end."""
        if self._has_cuts:
            self._network.make()
        if self._has_disk:
            self._folder.parent.mkdir(mode=0o711)
            self._folder.mkdir()
        if self._has_clocks:
            # libfaketime leaves files in the shared memory of a process that is killed.
            mount_memory(Path("/dev/shm"), "mode=1777")
        with self._disk.mounted() if self._has_disk else nullcontext():
            yield

    @property
    def hosts(self) -> Mapping[str, str]:
        """The address of each process with a host of its own."""
        return self._network.addresses if self._has_cuts else {}

    @property
    def launchers(self) -> Mapping[str, tuple[str, ...]]:
        """The words before the command of each process."""
        return {name: self._network.launcher(name) for name in self.hosts}

    @property
    def wrappers(self) -> Mapping[str, tuple[str, ...]]:
        """Words after those."""
        return {name: clock.wrapper for name, clock in self._clocks.items()}

    def faults(self, connect: Connect) -> Mapping[str, Inflict]:
        """By the last word of a kind."""
        return {
            "cut": self._cut,
            "deaf": self._deafen,
            "mute": self._mute,
            "full": self._fill,
            "wal-full": partial(self._fill_wal, connect),
            "clock": self._jump,
        }

    def _make_clocks(self, directory: Path) -> dict[str, ProcessClock]:
        folder = directory / "clocks"
        folder.mkdir(mode=0o755)
        return {name: ProcessClock(folder / name) for name in (POSTGRES, *WORKERS, *APIS)}

    async def _cut(self, name: str, share: float) -> None:
        others = self._partners(name)
        async with self._network.cut([name], others), self._network.cut(others, [name]):
            await asyncio.sleep(between(CUT_SECONDS, share))

    async def _deafen(self, name: str, share: float) -> None:
        await self._lasting(self._network.cut(self._partners(name), [name]), share)

    async def _mute(self, name: str, share: float) -> None:
        await self._lasting(self._network.cut([name], self._partners(name)), share)

    async def _lasting(self, cut: AbstractAsyncContextManager[None], share: float) -> None:
        async with cut:
            await asyncio.sleep(between(CUT_SECONDS, share))

    def _partners(self, name: str) -> tuple[str, ...]:
        """The hosts that a cut is from. Workers are cut from Temporal and still send e-mails, whose
        receipts they cannot report.
        """
        return FRONTENDS if name in WORKERS else self._network.others(name)

    async def _fill(self, name: str, share: float) -> None:
        assert name == POSTGRES
        with self._disk.full():
            await asyncio.sleep(between(FULL_SECONDS, share))

    async def _fill_wal(self, connect: Connect, name: str, share: float) -> None:
        assert name == POSTGRES
        with self._disk.full():
            await _use_up_wal(connect)
            await asyncio.sleep(between(FULL_SECONDS, share))

    async def _jump(self, name: str, share: float) -> None:
        jump = JUMPS[min(int(share * len(JUMPS)), len(JUMPS) - 1)]
        with self._clocks[name].off_by(jump):
            await asyncio.sleep(between(CLOCK_SECONDS, share))

    @property
    def outside(self) -> str:
        """The address of everything that has no host of its own."""
        return self.hosts.get(OUTSIDE, LOOPBACK)


async def _use_up_wal(connect: Connect) -> None:
    """Ends the present file of the WAL again and again, until there is no room for another one."""
    with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        async with asyncio.timeout(WAL_SECONDS):
            connection = await connect()
            try:
                for _ in range(WAL_FILES):
                    await connection.execute("SELECT pg_logical_emit_message(true, 'chaos', '')")
                    await connection.execute("SELECT pg_switch_wal()")
            finally:
                connection.terminate()


def between(bounds: tuple[float, float], share: float) -> float:
    """The number at this share of the way between two."""
    first, last = bounds
    return first + (last - first) * share
