"""The state of an announcement: who is left, when to try again, and how large it gets."""

from datetime import UTC, datetime, timedelta

from activities.announcements import LONGEST_ERROR, BatchResult, Page
from activities.notices import Failure
from workflows.announcement.state import (
    LONGEST_PAUSE,
    MOST_LISTED,
    MOST_WAITING,
    AnnouncementState,
)
from workflows.shared.deliveries import DELIVERY_GIVEN_UP_AFTER

NOW = datetime(2027, 3, 3, 15, tzinfo=UTC)
LARGEST_PAYLOAD = 2 * 1024 * 1024


def waiting(*addressees: str) -> BatchResult:
    return BatchResult(waiting=tuple(Failure(key=a, error="450 later") for a in addressees))


def state_of(*accounts: str, after: str | None = None) -> AnnouncementState:
    state = AnnouncementState()
    state.begin(Page(accounts=accounts, after=after))
    return state


def test_an_addressee_is_left_until_its_result_is_known() -> None:
    state = state_of("nordic", "oslo")
    state.record(["oslo"], BatchResult(told=3), NOW)
    assert (state.todo, state.told, state.is_over) == (["nordic"], 3, False)
    state.record(["nordic"], BatchResult(told=1), NOW)
    assert state.is_over


def test_those_who_did_not_fit_into_a_batch_are_left() -> None:
    state = state_of("nordic")
    state.record(["nordic"], BatchResult(told=100, more=("nordic/1f0c+",)), NOW)
    assert state.todo == ["nordic/1f0c+"]


def test_who_waits_is_tried_again_after_the_last_page() -> None:
    state = state_of("nordic", after="nordic")
    state.record(["nordic"], waiting("nordic/1f0c"), NOW)
    turns = [state.retries_next]
    state.begin(Page(accounts=("oslo",)))
    state.record(["oslo"], BatchResult(told=1), NOW)
    assert [*turns, state.retries_next] == [False, True]
    state.retry()
    assert state.todo == ["nordic/1f0c"]
    state.record(["nordic/1f0c"], BatchResult(told=1), NOW)
    assert state.is_over


def test_who_has_waited_for_five_days_has_failed() -> None:
    state = state_of("nordic")
    state.record(["nordic"], waiting("nordic/1f0c"), NOW)
    almost = NOW + DELIVERY_GIVEN_UP_AFTER - timedelta(seconds=1)
    state.record(["nordic/1f0c"], waiting("nordic/1f0c"), almost)
    assert list(state.waiting) == ["nordic/1f0c"]
    state.record(["nordic/1f0c"], waiting("nordic/1f0c"), almost + timedelta(seconds=1))
    assert (state.is_over, state.failed.count) == (True, 1)
    assert state.failed.first[0].error == "450 later"


def test_a_page_follows_at_once_unless_nothing_was_taken_of_the_last_one() -> None:
    state = state_of("nordic", after="nordic")
    state.record(["nordic"], BatchResult(told=1), NOW)
    state.end_round(0)
    assert state.pause == timedelta(0)
    pauses = []
    for _ in range(9):
        state.end_round(state.settled)
        pauses.append(int(state.pause.total_seconds()))
    assert pauses == [10, 20, 40, 80, 160, 320, 600, 600, 600]
    assert state.pause == LONGEST_PAUSE
    assert state.resumed().pause == timedelta(0)


def test_another_attempt_is_never_made_at_once() -> None:
    state = state_of("nordic")
    state.record(["nordic"], waiting("nordic"), NOW)
    assert state.pause == timedelta(seconds=10)


def test_no_page_is_begun_while_very_many_wait() -> None:
    state = state_of("nordic", after="nordic")
    state.record(["nordic"], waiting(*(f"nordic/{n:016x}" for n in range(MOST_WAITING - 1))), NOW)
    turns = [state.retries_next]
    state.record([], waiting("oslo"), NOW)
    assert [*turns, state.retries_next] == [False, True]


def test_the_state_fits_into_a_payload_however_many_fail() -> None:
    state = state_of(*("a" * 60 for _ in range(100)), after="a" * 63)
    error = "é" * LONGEST_ERROR
    for number in range(0, 20_000, 100):
        keys = [f"{'a' * 57}{number + n:06d}/{n:016x}" for n in range(100)]
        found = tuple(Failure(key=key, error=error) for key in keys)
        result = BatchResult(
            failed=found, skipped=found, without_addressee=tuple(key[:63] for key in keys)
        )
        state.record([], result, NOW)
    for number in range(MOST_WAITING):
        key = f"{'a' * 63}/{number:016x}"
        result = BatchResult(waiting=(Failure(key=key, error=error),))
        state.record([], result, NOW)
    assert state.failed.count == 20_000
    assert len(state.failed.first) == MOST_LISTED
    assert len(state.model_dump_json().encode()) < LARGEST_PAYLOAD
