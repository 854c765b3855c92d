"""One chaos experiment: workload and nemesis run together, then the checker compares results."""

import asyncio
import random
import time
from collections import Counter
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.checker.checker import Checker
from tests.chaos.checker.differences import Difference
from tests.chaos.model.document import Plain, read
from tests.chaos.nemesis.cluster_desk import ClusterPlan, desk_on_cluster
from tests.chaos.nemesis.desk import MAIL_FAULTS, POLICIES, ChaosDesk, MailFaults
from tests.chaos.nemesis.faults import FaultPlan, Nemesis
from tests.chaos.nemesis.quiescence import Quiescence
from tests.chaos.nemesis.time_travel import TimeMover
from tests.chaos.workload.http_client import ApiClient
from tests.chaos.workload.merge_ring import MergeRing
from tests.chaos.workload.ticket_workload import TicketWorkload, WorkloadContext, run_workload

RINGS = (1, 1, 1, 1, 1, 1, 2, 3)
"""Sizes of the rings of tickets that are merged at once; one is no ring."""
STEPS = (5, 14)
"""The fewest and the most actions on one ticket."""


@dataclass(frozen=True)
class Plan:
    """The size of an experiment; the timeout (seconds) is for one request or one wait."""

    seed: str
    tickets: int
    faults: FaultPlan
    workers: int = 2
    concurrency: int = 24
    mail_faults: MailFaults = MAIL_FAULTS
    timeout: float = 420.0
    cluster: ClusterPlan | None = None
    """Temporal on PostgreSQL, each service a process, instead of a dev server."""


@dataclass
class Outcome:
    """The results of an experiment."""

    plan: Plan
    seconds: float
    faults: Counter[str]
    counts: Counter[str]
    differences: list[Difference]


async def run(plan: Plan, directory: Path) -> Outcome:
    """Starts a desk in this directory, runs the experiment and checks every ticket."""
    began = time.monotonic()
    async with _desk(plan, directory) as desk:
        api = ApiClient(desk.api_url, plan.timeout, desk.authority)
        quiescence = Quiescence()
        nemesis = Nemesis(desk, plan.seed, plan.faults, quiescence)
        try:
            workloads = await _run_workloads(plan, desk, api, nemesis, quiescence)
            result = await Checker(desk, api, plan.timeout).check(workloads)
        finally:
            await api.close()
    seconds = time.monotonic() - began
    return Outcome(plan, seconds, nemesis.injected, result.counts, result.differences)


def _desk(plan: Plan, directory: Path) -> AbstractAsyncContextManager[ChaosDesk]:
    if plan.cluster is not None:
        return desk_on_cluster(
            directory, plan.cluster, seed=plan.seed, mail_faults=plan.mail_faults
        )
    return ChaosDesk.running(
        directory, seed=plan.seed, workers=plan.workers, mail_faults=plan.mail_faults
    )


async def _run_workloads(
    plan: Plan, desk: ChaosDesk, api: ApiClient, nemesis: Nemesis, quiescence: Quiescence
) -> list[TicketWorkload]:
    rng = random.Random(plan.seed)
    accounts = _accounts(desk.directory / "contracts")
    workloads = _workloads(plan, rng, accounts)
    steps = [rng.randint(*STEPS) for _ in workloads]
    done: Counter[str] = Counter()
    # Older versions of Temporal cannot.
    mover = TimeMover(desk.client) if desk.upgrade is None else None
    context = WorkloadContext(api, mover, plan.timeout, lambda: done.update(["steps"]), quiescence)
    slots = asyncio.Semaphore(plan.concurrency)
    expected = sum(steps) + len(workloads)

    async def run_one(workload: TicketWorkload, steps: int) -> None:
        async with slots:
            await run_workload(workload, random.Random(workload.name), steps, context)

    def progress() -> float:
        return done["steps"] / expected

    injecting = [asyncio.create_task(nemesis.run(progress))]
    if desk.upgrade is not None:
        injecting.append(asyncio.ensure_future(desk.upgrade(progress)))
    await asyncio.gather(*(run_one(w, n) for w, n in zip(workloads, steps, strict=True)))
    await asyncio.gather(*injecting)
    return workloads


def _workloads(
    plan: Plan, rng: random.Random, accounts: list[tuple[Plain, Plain]]
) -> list[TicketWorkload]:
    """Single tickets, and tickets of one account that are merged in a ring at the same moment."""
    workloads: list[TicketWorkload] = []
    while len(workloads) < plan.tickets:
        account, left = rng.choice(accounts), plan.tickets - len(workloads)
        names = [f"{plan.seed}-{len(workloads) + n}" for n in range(min(left, rng.choice(RINGS)))]
        ring = MergeRing(names) if len(names) > 1 else None
        workloads += [TicketWorkload(name, *account, ring=ring) for name in names]
    return workloads


def _accounts(directory: Path) -> list[tuple[Plain, Plain]]:
    """Each contract with its policy."""
    examples = {path.stem for path in POLICIES[1].glob("*.yaml")}
    paths = [path for source in POLICIES for path in sorted(source.glob("*.yaml"))]
    policies = {path.stem: read(path) for path in paths}
    contracts = [read(path) for path in sorted(directory.glob("*.yaml"))]
    accounts = [(contract, policies[contract["policy"]]) for contract in contracts]
    # The policies of the examples have features of their own, and are taken twice as often.
    return accounts + [pair for pair in accounts if pair[0]["policy"] in examples]
