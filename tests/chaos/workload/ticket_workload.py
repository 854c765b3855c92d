"""The workload of one ticket: random requests over its time, recorded with the desk's answers."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from tests.chaos.model.document import Plain, with_overrides
from tests.chaos.nemesis.quiescence import Quiescence
from tests.chaos.nemesis.time_travel import TimeMover
from tests.chaos.workload.bodies import TicketContext, over_http
from tests.chaos.workload.choices import Choice, choose, some_favourites
from tests.chaos.workload.http_client import Answer, ApiClient
from tests.chaos.workload.merge_ring import MergeRing
from tests.chaos.workload.requests import request

MOST_AHEAD = timedelta(days=150)
"""How far a ticket's time may be moved ahead of the real time."""
TEXTS = ("message", "reason", "note", "resolution", "conclusion", "result")
OPENERS = (*("service",) * 20, *("requester",) * 6, *("agent",) * 3, "operator", "engineering")


@dataclass(frozen=True)
class Attempt:
    """One action and its answer, between two times on the ticket's clock.

    `sent` and `answered` are real times, which are the same for all tickets.
    """

    choice: Choice
    key: str
    status: int
    problem: str | None
    earliest: datetime
    latest: datetime
    sent: datetime
    answered: datetime


@dataclass
class TicketWorkload:
    """All requests about one ticket, in order, with their answers."""

    name: str
    contract: Plain
    policy: Plain
    body: dict[str, Any] = field(default_factory=dict)
    refused: list[tuple[dict[str, Any], Answer]] = field(default_factory=list)
    """Openings that the desk refused, with its answers."""
    opened: Answer | None = None
    number: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    anomalies: list[str] = field(default_factory=list)
    """Answers that are wrong for every request."""
    ahead: timedelta = timedelta(0)
    moves: list[timedelta] = field(default_factory=list)
    ring: MergeRing | None = None

    @cached_property
    def rules(self) -> Plain:
        """The policy as the contract has it."""
        return with_overrides(self.policy, self.contract.get("overrides", {}))

    def ticket_time(self, real: datetime) -> datetime:
        """The ticket's time at a real time."""
        return real + self.ahead


@dataclass(frozen=True)
class WorkloadContext:
    """What all workloads of a run share."""

    api: ApiClient
    mover: TimeMover | None
    """None if the server cannot move the time of a workflow."""
    timeout: float
    step_done: Callable[[], None]
    quiescence: Quiescence
    opened: dict[str, list[str]] = field(default_factory=dict)
    """Ticket numbers by account."""

    def others(self, workload: TicketWorkload) -> tuple[str, ...]:
        """The other tickets of the same account."""
        numbers = self.opened.get(workload.contract["account"], ())
        return tuple(number for number in numbers if number != workload.number)


async def run_workload(
    workload: TicketWorkload, rng: random.Random, steps: int, context: WorkloadContext
) -> None:
    """Opens a ticket and takes this many actions on it, moving its time in between."""
    while workload.opened is None:
        async with context.quiescence.activity():
            await _open(workload, rng, context)
    context.opened.setdefault(workload.contract["account"], []).append(workload.number)
    context.step_done()
    try:
        await _act(workload, rng, steps, context)
    finally:
        if workload.ring is not None:
            workload.ring.leave(workload.name)


async def _open(workload: TicketWorkload, rng: random.Random, context: WorkloadContext) -> None:
    role, body = rng.choice(OPENERS), request(rng, workload.contract, workload.policy)
    key = f"{workload.name}/open-{len(workload.refused)}"
    answer = await context.api.post("/tickets", role, body, key)
    body = {**body, "role": role}
    if answer.status == 201:
        workload.body, workload.opened, workload.number = body, answer, answer.body["number"]
    else:
        workload.refused.append((body, answer))


async def _act(
    workload: TicketWorkload, rng: random.Random, steps: int, context: WorkloadContext
) -> None:
    assert workload.opened is not None
    now, favourites = workload.opened.body, some_favourites(rng)
    meeting = rng.randrange(1, steps)
    for number in range(steps):
        if rng.random() < 0.35 and context.mover is not None:
            async with context.quiescence.activity():
                await _move_time(workload, rng, now, context.mover, context.timeout)
        ticket = TicketContext(
            workload.number,
            now["stage"],
            workload.contract["policy"],
            workload.rules,
            workload.ticket_time(datetime.now(UTC)),
            favourites,
            context.others(workload),
        )
        choice = choose(rng, ticket)
        if number == meeting and workload.ring is not None:
            choice = await _merge_at_once(workload, workload.ring) or choice
        async with context.quiescence.activity():
            key = f"{workload.name}/{number}"
            answer = await _take(workload, choice, key, rng.random(), context)
        now = answer.body if answer.status == 200 else now | _stage_of(answer)
        context.step_done()
        if now["stage"] == "closed" and rng.random() < 0.5:
            for _ in range(number + 1, steps):
                context.step_done()
            return


async def _merge_at_once(workload: TicketWorkload, ring: MergeRing) -> Choice | None:
    """The merge into the next ticket of the ring, once all are there."""
    into = await ring.meet(workload.name, workload.number)
    return Choice("merge", "agent", {"into": into, "reason": "At once."}) if into else None


async def _take(
    workload: TicketWorkload, choice: Choice, key: str, chance: float, context: WorkloadContext
) -> Answer:
    """Takes one action; sometimes twice at once, repeated, or with a key already used."""
    path = f"/tickets/{workload.number}/{choice.action.replace('_', '-')}"

    async def post(body: dict[str, Any]) -> Answer:
        return await context.api.post(path, choice.role, over_http(choice.action, body), key)

    if chance < 0.06:
        answer, other = await asyncio.gather(post(choice.body), post(choice.body))
        _expect_same(workload, key, answer, other, "sent twice at once")
        if other.status == 200:
            answer = other
    else:
        answer = await post(choice.body)
    if answer.status == 200 and chance > 0.94:
        _expect_same(workload, key, answer, await post(choice.body), "repeated")
    if answer.status == 200 and 0.91 < chance <= 0.94 and choice.body:
        _expect_key_reused(workload, key, await post(_changed(choice.body)))
    if answer.status >= 500:
        workload.anomalies.append(f"{key} {choice.action}: {answer.status} {answer.problem}")
    workload.attempts.append(
        Attempt(
            choice,
            key,
            answer.status,
            answer.problem,
            workload.ticket_time(answer.sent),
            workload.ticket_time(answer.answered),
            answer.sent,
            answer.answered,
        )
    )
    return answer


async def _move_time(
    workload: TicketWorkload,
    rng: random.Random,
    now: dict[str, Any],
    mover: TimeMover,
    within: float,
) -> None:
    by = some_time(rng, now.get("next_due"), workload.ticket_time(datetime.now(UTC)))
    if workload.ahead + by > MOST_AHEAD:
        return
    moved = await mover.move(f"ticket/{workload.number}", by, within)
    workload.moves.append(by)
    # The time of a workflow that ended during the move stands still; the requests' time does not.
    workload.ahead = workload.ahead + by if moved.is_over else moved.ahead


def some_time(rng: random.Random, next_due: str | None, now: datetime) -> timedelta:
    """Usually until just after the next deadline, else minutes, hours, days or weeks."""
    if next_due is not None and rng.random() < 0.5:
        left = datetime.fromisoformat(next_due) - now
        if left > timedelta(0):
            return left + timedelta(seconds=rng.uniform(1, 90))
    lengths = [timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=4)]
    unit = rng.choices(lengths, weights=[3, 3, 3, 2])[0]
    return rng.uniform(0.5, 9) * unit


def _stage_of(refused: Answer) -> dict[str, Any]:
    stage = refused.body.get("stage")
    return {"stage": stage} if stage else {}


def _changed(body: dict[str, Any]) -> dict[str, Any]:
    """Another valid body, if it has a text to change."""
    name = next((name for name in TEXTS if name in body), None)
    if name is None:
        return {**body, "note": "changed"} if "viewpoint" in body else body
    return {**body, name: f"{body[name]} Changed."}


def _expect_same(
    workload: TicketWorkload, key: str, first: Answer, second: Answer, how: str
) -> None:
    same = first.status == second.status == 200 and first.body == second.body
    both_refused = first.status >= 400 and second.status >= 400
    if not same and not both_refused:
        found = f"{first.status} and then {second.status} {second.body}"
        workload.anomalies.append(f"{key}, {how}: {found}")


def _expect_key_reused(workload: TicketWorkload, key: str, answer: Answer) -> None:
    if answer.problem not in {"idempotency-key-reused", None}:
        workload.anomalies.append(f"{key}, with another body: {answer.status} {answer.body}")
