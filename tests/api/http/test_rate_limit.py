"""An account opens tickets at a pace of its own, and nobody waits for another account's."""

from bisect import bisect_left
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from temporalio.testing import WorkflowEnvironment

from api.http.rate_limit import LONGEST_AWAY, UNLIMITED, RateLimited, RateLimiter
from api.http.tokens import TokenActor
from bootstrap.telemetry import Telemetry
from commands.processes.api_process import app_of
from policies.loading.policy_catalog import PolicyCatalog
from policies.vocabulary import Role
from settings import Settings
from tests.api.caller import Caller, make_app, problem
from tests.harness import RecordingMailer

HELD_FOR = timedelta(seconds=2)
CAME = datetime(2026, 11, 10, 15, tzinfo=UTC)
LOUD, QUIET = "loud-house", "quiet-house"


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def turns(pace: RateLimiter, account: str, times: int) -> list[float]:
    return [round(pace.reserve(account), 6) for _ in range(times)]


def test_a_seconds_worth_may_come_at_once_and_the_rest_is_held_for_its_turn() -> None:
    pace = RateLimiter(5, HELD_FOR, Clock())
    assert turns(pace, LOUD, 8) == [0, 0, 0, 0, 0, 0.2, 0.4, 0.6]


def test_who_would_be_held_too_long_is_told_when_to_come_again_and_takes_no_turn() -> None:
    clock = Clock()
    pace = RateLimiter(2, HELD_FOR, clock)
    assert turns(pace, LOUD, 6) == [0, 0, 0.5, 1, 1.5, 2]
    with pytest.raises(RateLimited, match="'loud-house' opens tickets faster") as refused:
        pace.reserve(LOUD)
    assert refused.value.retry_after == pytest.approx(2.5)
    clock.now += 2.5
    assert pace.reserve(LOUD) == 0


def refusals(pace: RateLimiter, times: int) -> list[float]:
    """The seconds after which each of so many is told to come again."""
    told = []
    for _ in range(times):
        with pytest.raises(RateLimited) as refused:
            pace.reserve(LOUD)
        told.append(round(refused.value.retry_after, 6))
    return told


def test_those_who_are_refused_are_told_to_come_one_after_the_other() -> None:
    clock = Clock()
    pace = RateLimiter(2, HELD_FOR, clock)
    turns(pace, LOUD, 6)
    told = refusals(pace, 3)
    assert told == [2.5, 3, 3.5]
    for before, after in zip([0, *told], told, strict=False):
        clock.now += after - before
        assert pace.reserve(LOUD) == 0


def test_nobody_is_sent_away_for_longer_than_a_minute() -> None:
    pace = RateLimiter(2, HELD_FOR, Clock())
    turns(pace, LOUD, 6)
    assert max(refusals(pace, 1_000)) <= LONGEST_AWAY.total_seconds()


def test_another_account_does_not_wait_for_a_flood() -> None:
    pace = RateLimiter(1, HELD_FOR, Clock())
    turns(pace, LOUD, 3)
    assert pace.reserve(QUIET) == 0


def test_less_than_one_a_second_is_a_pace_too() -> None:
    assert turns(RateLimiter(0.5, HELD_FOR, Clock()), LOUD, 2) == [0, 2]


def test_without_a_pace_nobody_waits() -> None:
    assert turns(UNLIMITED, LOUD, 1_000) == [0] * 1_000


def test_an_account_that_comes_no_more_is_forgotten() -> None:
    clock = Clock()
    pace = RateLimiter(5, HELD_FOR, clock)
    for number in range(100):
        pace.reserve(f"house-{number}")
        clock.now += 1
    assert len(pace) == 1


@given(
    st.integers(1, 9),
    st.lists(st.tuples(st.sampled_from([LOUD, QUIET]), st.floats(0, 1)), max_size=60),
)
def test_no_second_has_more_turns_of_an_account_than_the_burst_and_the_pace(
    per_second: int, arrivals: list[tuple[str, float]]
) -> None:
    clock = Clock()
    pace = RateLimiter(per_second, HELD_FOR, clock)
    taken: dict[str, list[float]] = {LOUD: [], QUIET: []}
    for account, later in arrivals:
        clock.now += later
        with suppress(RateLimited):
            taken[account].append(clock.now + pace.reserve(account))
    for turns_of_one in taken.values():
        assert turns_of_one == sorted(turns_of_one)
        for begin, turn in enumerate(turns_of_one):
            within = bisect_left(turns_of_one, turn + 1 - 1e-6) - begin
            assert within <= 2 * per_second


async def test_an_account_that_opens_too_many_at_once_is_answered_429(
    desk: WorkflowEnvironment, mailer: RecordingMailer
) -> None:
    pace = RateLimiter(1, timedelta(0), Clock())
    caller = Caller(make_app(desk.client, pace=pace), "service-token")
    assert (await caller.open("first")).status_code == 201
    refused = await caller.open("second")
    document = problem(refused, 429, "too-many-requests")
    assert document["detail"].startswith("the account 'harbour-media' opens tickets faster")
    assert document["detail"].endswith("; come again in 1 s")
    assert refused.headers["Retry-After"] == "1"


async def test_what_was_refused_for_its_pace_is_opened_when_it_comes_again(
    desk: WorkflowEnvironment, mailer: RecordingMailer
) -> None:
    clock = Clock()
    caller = Caller(
        make_app(desk.client, pace=RateLimiter(1, timedelta(0), clock)), "service-token"
    )
    await caller.opened()
    assert (await caller.open("again")).status_code == 429
    clock.now += 1
    opened = await caller.open("again")
    assert opened.status_code == 201
    assert "Idempotency-Replayed" not in opened.headers


async def test_the_pace_is_what_the_settings_say(
    desk: WorkflowEnvironment, mailer: RecordingMailer
) -> None:
    token = "a-service-token-of-a-test"
    speaks_for = TokenActor(id="widget", role=Role.SERVICE)
    settings = Settings(openings_per_second=0.01, tokens={SecretStr(token): speaks_for})
    caller = Caller(app_of(settings, desk.client, PolicyCatalog.shipped(), Telemetry()), token)
    await caller.opened()
    refused = await caller.open()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "100")


async def test_the_clocks_of_what_was_held_start_when_it_came(
    desk: WorkflowEnvironment, mailer: RecordingMailer
) -> None:
    instants = [CAME, CAME + HELD_FOR]

    class Held(RateLimiter):
        def reserve(self, account: str) -> float:
            instants.pop(0)
            return super().reserve(account)

    app = make_app(desk.client, now=lambda: instants[0], pace=Held(1_000))
    number = await Caller(app, "service-token").opened()
    shown = (await Caller(app, "agent-token").get(f"/tickets/{number}")).json()
    assert datetime.fromisoformat(shown["received_at"]) == CAME
