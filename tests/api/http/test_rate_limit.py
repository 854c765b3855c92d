"""Each account has its own limit, and no account waits for another."""

from bisect import bisect_left
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from temporalio.testing import WorkflowEnvironment

from api.http.rate_limit import MAX_RETRY_AFTER, UNLIMITED, RateLimited, RateLimiter
from api.identity.static_tokens import TokenActor
from bootstrap.telemetry import Telemetry
from commands.processes.api_process import app_of
from policies.loading.policy_catalog import PolicyCatalog
from policies.vocabulary import Role
from settings import Settings
from tests.api.caller import Caller, make_app, problem
from tests.harness import RecordingMailer

MAX_WAIT = timedelta(seconds=2)
RECEIVED = datetime(2026, 11, 10, 15, tzinfo=UTC)
FLOOD, QUIET = "flood-house", "quiet-house"


class Clock:
    """A clock that tests advance."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def waits(limiter: RateLimiter, account: str, times: int) -> list[float]:
    return [round(limiter.reserve(account), 6) for _ in range(times)]


def test_the_openings_of_a_second_pass_at_once_and_later_ones_wait() -> None:
    limiter = RateLimiter(5, MAX_WAIT, Clock())
    assert waits(limiter, FLOOD, 8) == [0, 0, 0, 0, 0, 0.2, 0.4, 0.6]


def test_a_wait_that_is_too_long_is_rejected_and_takes_no_slot() -> None:
    clock = Clock()
    limiter = RateLimiter(2, MAX_WAIT, clock)
    assert waits(limiter, FLOOD, 6) == [0, 0, 0.5, 1, 1.5, 2]
    with pytest.raises(RateLimited, match="'flood-house' opens tickets faster") as error:
        limiter.reserve(FLOOD)
    assert error.value.retry_after == pytest.approx(2.5)
    clock.now += 2.5
    assert limiter.reserve(FLOOD) == 0


def retries_after(limiter: RateLimiter, times: int) -> list[float]:
    """The Retry-After of each of a number of rejected requests."""
    seconds = []
    for _ in range(times):
        with pytest.raises(RateLimited) as error:
            limiter.reserve(FLOOD)
        seconds.append(round(error.value.retry_after, 6))
    return seconds


def test_each_rejected_request_gets_a_later_retry_after() -> None:
    clock = Clock()
    limiter = RateLimiter(2, MAX_WAIT, clock)
    waits(limiter, FLOOD, 6)
    seconds = retries_after(limiter, 3)
    assert seconds == [2.5, 3, 3.5]
    for before, after in zip([0, *seconds], seconds, strict=False):
        clock.now += after - before
        assert limiter.reserve(FLOOD) == 0


def test_retry_after_is_a_minute_at_most() -> None:
    limiter = RateLimiter(2, MAX_WAIT, Clock())
    waits(limiter, FLOOD, 6)
    assert max(retries_after(limiter, 1_000)) <= MAX_RETRY_AFTER.total_seconds()


def test_another_account_does_not_wait_for_a_flood() -> None:
    limiter = RateLimiter(1, MAX_WAIT, Clock())
    waits(limiter, FLOOD, 3)
    assert limiter.reserve(QUIET) == 0


def test_the_limit_can_be_below_one_per_second() -> None:
    assert waits(RateLimiter(0.5, MAX_WAIT, Clock()), FLOOD, 2) == [0, 2]


def test_without_a_limit_no_request_waits() -> None:
    assert waits(UNLIMITED, FLOOD, 1_000) == [0] * 1_000


def test_an_inactive_account_is_evicted() -> None:
    clock = Clock()
    limiter = RateLimiter(5, MAX_WAIT, clock)
    for number in range(100):
        limiter.reserve(f"house-{number}")
        clock.now += 1
    assert len(limiter) == 1


@given(
    st.integers(1, 9),
    st.lists(st.tuples(st.sampled_from([FLOOD, QUIET]), st.floats(0, 1)), max_size=60),
)
def test_no_second_has_more_openings_of_an_account_than_the_burst_and_the_limit(
    per_second: int, arrivals: list[tuple[str, float]]
) -> None:
    clock = Clock()
    limiter = RateLimiter(per_second, MAX_WAIT, clock)
    taken: dict[str, list[float]] = {FLOOD: [], QUIET: []}
    for account, later in arrivals:
        clock.now += later
        with suppress(RateLimited):
            taken[account].append(clock.now + limiter.reserve(account))
    for slots in taken.values():
        assert slots == sorted(slots)
        for begin, slot in enumerate(slots):
            within = bisect_left(slots, slot + 1 - 1e-6) - begin
            assert within <= 2 * per_second


async def test_an_account_above_its_limit_gets_429(
    desk: WorkflowEnvironment, mailer: RecordingMailer
) -> None:
    limiter = RateLimiter(1, timedelta(0), Clock())
    caller = Caller(make_app(desk.client, rate_limiter=limiter), "service-token")
    assert (await caller.open("first")).status_code == 201
    refused = await caller.open("second")
    document = problem(refused, 429, "too-many-requests")
    assert document["detail"].startswith("the account 'harbour-media' opens tickets faster")
    assert document["detail"].endswith("; retry in 1 s")
    assert refused.headers["Retry-After"] == "1"


async def test_a_rejected_request_succeeds_when_it_is_retried(
    desk: WorkflowEnvironment, mailer: RecordingMailer
) -> None:
    clock = Clock()
    caller = Caller(
        make_app(desk.client, rate_limiter=RateLimiter(1, timedelta(0), clock)), "service-token"
    )
    await caller.opened()
    assert (await caller.open("again")).status_code == 429
    clock.now += 1
    opened = await caller.open("again")
    assert opened.status_code == 201
    assert "Idempotency-Replayed" not in opened.headers


async def test_the_limit_comes_from_the_settings(
    desk: WorkflowEnvironment, mailer: RecordingMailer
) -> None:
    token = "a-service-token-of-a-test"
    actor = TokenActor(id="widget", role=Role.SERVICE)
    settings = Settings(openings_per_second=0.01, tokens={SecretStr(token): actor})
    caller = Caller(app_of(settings, desk.client, PolicyCatalog.shipped(), Telemetry()), token)
    await caller.opened()
    refused = await caller.open()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "100")


async def test_clocks_of_a_request_that_waited_start_at_its_receipt(
    desk: WorkflowEnvironment, mailer: RecordingMailer
) -> None:
    instants = [RECEIVED, RECEIVED + MAX_WAIT]

    class Waiting(RateLimiter):
        def reserve(self, account: str) -> float:
            instants.pop(0)
            return super().reserve(account)

    app = make_app(desk.client, now=lambda: instants[0], rate_limiter=Waiting(1_000))
    number = await Caller(app, "service-token").opened()
    ticket = (await Caller(app, "agent-token").get(f"/tickets/{number}")).json()
    assert datetime.fromisoformat(ticket["received_at"]) == RECEIVED
