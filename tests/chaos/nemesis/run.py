"""One run: tickets are lived while the desk burns, and then they are held against the reference."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.checker.collecting import Inquiry
from tests.chaos.checker.differences import Difference
from tests.chaos.model.document import Plain, read
from tests.chaos.nemesis.desk import CATALOGUE, FAULTS, ChaosDesk, Faults
from tests.chaos.nemesis.faults import Fire, Heat
from tests.chaos.nemesis.quiescence import Gate
from tests.chaos.nemesis.time_travel import Mover
from tests.chaos.workload.http_client import Caller
from tests.chaos.workload.ticket_life import Company, Life, live

STEPS = (5, 14)
"""The fewest and the most things that are done to one ticket."""


@dataclass(frozen=True)
class Plan:
    """How much of what, and how patient everybody is (seconds)."""

    seed: str
    tickets: int
    heat: Heat
    workers: int = 2
    at_once: int = 24
    faults: Faults = FAULTS
    patience: float = 420.0


@dataclass
class Outcome:
    """What came of a run."""

    plan: Plan
    seconds: float
    kills: Counter[str]
    counts: Counter[str]
    differences: list[Difference]


async def run(plan: Plan, directory: Path) -> Outcome:
    """Everything, from the first process to the last difference."""
    began = time.monotonic()
    async with ChaosDesk.running(
        directory, seed=plan.seed, workers=plan.workers, faults=plan.faults
    ) as desk:
        caller = Caller(desk.api_url, plan.patience)
        gate = Gate()
        fire = Fire(desk, plan.seed, plan.heat, gate)
        try:
            lives = await _live(plan, desk, caller, fire, gate)
            verdict = await Inquiry(desk, caller, plan.patience).hold(lives)
        finally:
            await caller.close()
    seconds = time.monotonic() - began
    return Outcome(plan, seconds, fire.done, verdict.counts, verdict.differences)


async def _live(plan: Plan, desk: ChaosDesk, caller: Caller, fire: Fire, gate: Gate) -> list[Life]:
    chance = random.Random(plan.seed)
    accounts = _accounts(desk.directory / "contracts")
    lives = [_life(plan, number, chance.choice(accounts)) for number in range(plan.tickets)]
    steps = [chance.randint(*STEPS) for _ in lives]
    done: Counter[str] = Counter()
    company = Company(
        caller, Mover(desk.client), plan.patience, lambda: done.update(["steps"]), gate
    )
    doors = asyncio.Semaphore(plan.at_once)
    expected = sum(steps) + len(lives)

    async def lived(life: Life, how_many: int) -> None:
        async with doors:
            await live(life, random.Random(life.name), how_many, company)

    burning = asyncio.create_task(fire.burn(lambda: done["steps"] / expected))
    await asyncio.gather(*(lived(life, n) for life, n in zip(lives, steps, strict=True)))
    await burning
    return lives


def _life(plan: Plan, number: int, account: tuple[Plain, Plain]) -> Life:
    contract, policy = account
    return Life(f"{plan.seed}-{number}", contract, policy)


def _accounts(directory: Path) -> list[tuple[Plain, Plain]]:
    policies = {path.stem: read(path) for path in sorted(CATALOGUE.glob("*.yaml"))}
    contracts = [read(path) for path in sorted(directory.glob("*.yaml"))]
    return [(contract, policies[contract["policy"]]) for contract in contracts]
