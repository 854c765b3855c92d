"""Whole lives of Contently tickets on the real server, weeks long each."""

from collections import Counter

import pytest
from temporalio.api.enums.v1 import EventType as HistoryEvent

from policies.vocabulary import ClockState, ClosedAs, EventType
from tests.e2e.lives import LIVES
from tests.harness import RecordingMailer, new_york
from tests.server_fixtures import Begin

TIME_SKIPPING = ("TIME_SKIPPING_TRANSITIONED", "EXECUTION_OPTIONS_UPDATED")
MOST_EVENTS = 150
"""With each finding recorded separately, and one assignment; see life_cost.py."""
CLOSED_AS = {
    "documented": ClosedAs.RESOLVED,
    "answered_at_once": ClosedAs.RESOLVED,
    "answered_late": ClosedAs.RESOLVED,
    "asked_and_reopened": ClosedAs.RESOLVED,
    "forecast_that_did_not_hold": ClosedAs.RESOLVED,
    "not_eligible": ClosedAs.NOT_ELIGIBLE,
    "taken_on_after_all": ClosedAs.RESOLVED,
    "not_covered": ClosedAs.NOT_COVERED,
    "merged": ClosedAs.DUPLICATE,
    "undeliverable": ClosedAs.WITHDRAWN,
}


@pytest.mark.parametrize("name", LIVES)
async def test_every_life_has_its_outcome_and_no_pending_notices(
    name: str, begin: Begin, mailer: RecordingMailer
) -> None:
    life = await LIVES[name](begin, mailer)
    summary = await life.handle.result()
    assert summary.closed_as is CLOSED_AS[name]
    assert not any(c.state in (ClockState.RUNNING, ClockState.PAUSED) for c in summary.clocks)
    assert len({letter["Message-ID"] for letter in mailer.emails}) == len(mailer.emails)
    assert (summary.undeliverable != ()) == (name == "undeliverable")


@pytest.mark.clause("contently/engineering", "contently/forecast", "contently/handoff-content")
async def test_the_documented_life_meets_its_clocks_with_few_history_events(
    begin: Begin, mailer: RecordingMailer
) -> None:
    life = await LIVES["documented"](begin, mailer)
    summary = await life.handle.result()
    assert {c.name: c.state for c in summary.clocks if c.promised} == {
        "first_response": ClockState.MET,
        "triage": ClockState.MET,
        "engineering_handoff": ClockState.MET,
    }
    history = await life.handle.fetch_history()
    kinds = Counter(HistoryEvent.Name(event.event_type) for event in history.events)
    own = {kind: n for kind, n in kinds.items() if not kind.endswith(TIME_SKIPPING)}
    assert sum(own.values()) <= MOST_EVENTS, own


@pytest.mark.clause("contently/first-response")
async def test_a_late_response_stays_recorded_as_a_breach(
    begin: Begin, mailer: RecordingMailer
) -> None:
    life = await LIVES["answered_late"](begin, mailer)
    summary = await life.handle.result()
    (clock,) = [c for c in summary.clocks if c.name == "first_response"]
    assert clock.state is ClockState.BREACHED
    assert clock.breached_at == new_york("2027-01-08 14:00")
    rungs = [e.data["rung"] for e in await life.timeline() if "rung" in e.data]
    assert rungs == ["50%", "75%", "breach", "1 business day after"]


@pytest.mark.clause("contently/forecast-basis")
async def test_a_lapsed_forecast_requires_a_new_one(begin: Begin, mailer: RecordingMailer) -> None:
    life = await LIVES["forecast_that_did_not_hold"](begin, mailer)
    forecasts = [e for e in await life.timeline() if e.type is EventType.FORECAST_SHARED]
    assert [event.data["revision"] for event in forecasts] == [1, 2]
    assert forecasts[1].data["reason"] == "The team was short."
    subjects = [letter["Subject"] for letter in mailer.emails]
    assert sum("orecast" in subject for subject in subjects) >= 4
