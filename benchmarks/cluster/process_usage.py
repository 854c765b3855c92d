"""Memory and CPU time of the processes of a cluster by kind, from /proc."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from commands.processes.supervised_process import SupervisedProcess
from deploy.cluster.cluster import Cluster

OWN = "this program"
_TICKS = os.sysconf("SC_CLK_TCK")


def processes(cluster: Cluster) -> Iterator[tuple[str, int]]:
    """The kind and the id of every process, with those of PostgreSQL's sessions."""
    kinds: dict[str, tuple[SupervisedProcess, ...]] = {
        "PostgreSQL": (cluster.postgres,),
        **{f"Temporal {service}": each for service, each in cluster.temporal.items()},
        "worker": cluster.workers,
        "API": cluster.apis,
        "proxy": (cluster.proxy,),
    }
    for kind, running in kinds.items():
        for process in running:
            if process.pid is not None:
                yield from ((kind, pid) for pid in _tree(process.pid))
    yield OWN, os.getpid()


def memory(cluster: Cluster) -> dict[str, float]:
    """Megabytes of each kind, all its processes together. Shared memory counts once."""
    kilobytes: Counter[str] = Counter()
    for kind, pid in processes(cluster):
        kilobytes[kind] += _proportional_kilobytes(pid)
    return {f"{kind}_mb": round(size / 1024, 1) for kind, size in kilobytes.items()}


def cpu_seconds(cluster: Cluster) -> dict[str, float]:
    """CPU time of each kind since its processes began, with that of children that ended."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for kind, pid in processes(cluster):
        # Fields 14 to 17 of proc(5), counted after the name, which can have blanks.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        seconds[kind] += sum(int(ticks) for ticks in fields[11:15]) / _TICKS
    return seconds


def idle_seconds() -> float:
    """Time for which the processors had nothing to do, of all together, since the machine began."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    # Idle, and waiting for the disk.
    return (int(fields[4]) + int(fields[5])) / _TICKS


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from _tree(int(child))


def _proportional_kilobytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
