"""The life of one ticket as people live it: what was asked, when, and what the desk answered."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.chaos.model.document import Plain
from tests.chaos.nemesis.quiescence import Gate
from tests.chaos.nemesis.time_travel import Mover
from tests.chaos.workload.choices import Choice, Looking, choose, some_mood
from tests.chaos.workload.http_client import Answer, Caller
from tests.chaos.workload.requests import request

FARTHEST = timedelta(days=150)
"""How far ahead of ours a ticket's time may come to be."""
OPENERS = (*("service",) * 20, *("requester",) * 6, *("agent",) * 3, "operator", "engineering")


@dataclass(frozen=True)
class Attempt:
    """One request to the desk and its answer, between two instants of the ticket's time."""

    choice: Choice
    key: str
    status: int
    problem: str | None
    earliest: datetime
    latest: datetime


@dataclass
class Life:
    """Everything that people did on one ticket, in order, and all that has to be known of it."""

    name: str
    contract: Plain
    policy: Plain
    body: dict[str, Any] = field(default_factory=dict)
    refused: list[tuple[dict[str, Any], Answer]] = field(default_factory=list)
    """Requests that the desk did not take, and why."""
    opened: Answer | None = None
    number: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    """Answers that should never come, whatever was asked."""
    ahead: timedelta = timedelta(0)
    moved: list[timedelta] = field(default_factory=list)

    def at(self, ours: datetime) -> datetime:
        """An instant of ours in the ticket's time."""
        return ours + self.ahead


@dataclass(frozen=True)
class Company:
    """With whom lives are lived."""

    caller: Caller
    mover: Mover
    patience: float
    step_done: Callable[[], None]
    gate: Gate
    opened: dict[str, list[str]] = field(default_factory=dict)
    """The tickets of each account."""

    def others(self, life: "Life") -> tuple[str, ...]:
        """The other tickets of the same account."""
        numbers = self.opened.get(life.contract["account"], ())
        return tuple(number for number in numbers if number != life.number)


async def live(life: Life, chance: random.Random, steps: int, company: Company) -> Life:
    """Opens a ticket and does so many things to it, time passing in between."""
    while life.opened is None:
        async with company.gate.busy():
            await _hand_in(life, chance, company)
    company.opened.setdefault(life.contract["account"], []).append(life.number)
    company.step_done()
    await _go_on(life, chance, steps, company)
    return life


async def _hand_in(life: Life, chance: random.Random, company: Company) -> None:
    role, body = chance.choice(OPENERS), request(chance, life.contract, life.policy)
    key = f"{life.name}/open-{len(life.refused)}"
    answer = await company.caller.post("/tickets", role, body, key)
    body = {**body, "role": role}
    if answer.status == 201:
        life.body, life.opened, life.number = body, answer, answer.body["number"]
    else:
        life.refused.append((body, answer))


async def _go_on(life: Life, chance: random.Random, steps: int, company: Company) -> None:
    assert life.opened is not None
    now, mood = life.opened.body, some_mood(chance)
    for number in range(steps):
        if chance.random() < 0.35:
            async with company.gate.busy():
                await _let_time_pass(life, chance, now, company)
        today = life.at(datetime.now(UTC)).date()
        looking = Looking(
            life.number,
            now["stage"],
            life.contract["policy"],
            life.policy,
            today,
            mood,
            company.others(life),
        )
        choice = choose(chance, looking)
        async with company.gate.busy():
            answer = await _take(life, choice, f"{life.name}/{number}", chance.random(), company)
        now = answer.body if answer.status == 200 else now | _stage_of(answer)
        company.step_done()
        if now["stage"] == "closed" and chance.random() < 0.5:
            for _ in range(number + 1, steps):
                company.step_done()
            return


async def _take(life: Life, choice: Choice, key: str, chance: float, company: Company) -> Answer:
    """One action; at times twice at once, again, or with a key that is used up."""
    path = f"/tickets/{life.number}/{choice.action.replace('_', '-')}"

    async def post(said: dict[str, Any]) -> Answer:
        return await company.caller.post(path, choice.role, said, key)

    if chance < 0.06:
        answer, other = await asyncio.gather(post(choice.said), post(choice.said))
        _expect_same(life, key, answer, other, "sent twice at once")
        if other.status == 200:
            answer = other
    else:
        answer = await post(choice.said)
    if answer.status == 200 and chance > 0.94:
        _expect_same(life, key, answer, await post(choice.said), "repeated")
    if answer.status == 200 and 0.91 < chance <= 0.94 and choice.said:
        _expect_reuse(life, key, await post(_otherwise(choice.said)))
    if answer.status >= 500:
        life.odd.append(f"{key} {choice.action}: {answer.status} {answer.problem}")
    life.attempts.append(
        Attempt(
            choice,
            key,
            answer.status,
            answer.problem,
            life.at(answer.sent),
            life.at(answer.answered),
        )
    )
    return answer


async def _let_time_pass(
    life: Life, chance: random.Random, now: dict[str, Any], company: Company
) -> None:
    by = how_long(chance, now.get("next_due"), life.at(datetime.now(UTC)))
    if life.ahead + by > FARTHEST:
        return
    its_time = await company.mover.move(f"ticket/{life.number}", by, company.patience)
    life.moved.append(by)
    # The time of a ticket that ended on the way stands still; for people it went by.
    life.ahead = life.ahead + by if its_time.is_over else its_time.ahead


def how_long(chance: random.Random, next_due: str | None, now: datetime) -> timedelta:
    """Mostly to just after the next deadline, else by minutes, hours or days."""
    if next_due is not None and chance.random() < 0.5:
        left = datetime.fromisoformat(next_due) - now
        if left > timedelta(0):
            return left + timedelta(seconds=chance.uniform(1, 90))
    unit = chance.choice([timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)])
    return chance.uniform(0.5, 9) * unit


def _stage_of(refused: Answer) -> dict[str, Any]:
    stage = refused.body.get("stage")
    return {"stage": stage} if stage else {}


def _otherwise(said: dict[str, Any]) -> dict[str, Any]:
    name = next((n for n, value in said.items() if isinstance(value, str)), None)
    if name is None or name in {"viewpoint", "priority", "closed_as", "into", "clause"}:
        return {**said, "note": "otherwise"} if "viewpoint" in said else said
    return {**said, name: f"{said[name]} Otherwise."}


def _expect_same(life: Life, key: str, first: Answer, second: Answer, how: str) -> None:
    same = first.status == second.status == 200 and first.body == second.body
    both_refused = first.status >= 400 and second.status >= 400
    if not same and not both_refused:
        life.odd.append(f"{key}, {how}: {first.status} and then {second.status} {second.body}")


def _expect_reuse(life: Life, key: str, answer: Answer) -> None:
    if answer.problem not in {"idempotency-key-reused", None}:
        life.odd.append(f"{key}, with another body: {answer.status} {answer.body}")
