"""The terms that a ticket keeps after they were replaced: what due times follow from."""

from policies.business_time.durations import Duration
from policies.coverage.verdict import Decision
from policies.schema.tables import Dimension, Table
from policies.terms.deadline_terms import deadline_terms
from policies.terms.model.notice import NoticeTerms
from policies.terms.model.override import OverrideTerms
from policies.terms.model.process import ForecastTerms, PauseTerms, ProcessTerms, Step
from policies.terms.model.reason import ReasonTerms
from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import EventType, Viewpoint
from tests.policies.requests import terms

FULL = terms("harbour-media")
FORECAST = ForecastTerms(
    viewpoints=(Viewpoint.ENGINEERING,),
    priorities=("high",),
    windows={"high": {"high": Duration.parse("5 days")}},
    clause="forecast",
)


def test_replaced_terms_keep_no_texts_no_people_and_no_rules_of_notices() -> None:
    stated = {
        "unassigned": "secret",
        "unassigned_by": Table[str](by=(Dimension.PRIORITY,), cells={"high": "secret"}),
        "reasons": {"browser": ReasonTerms(clause="scope", says="secret")},
        "overrides": (OverrideTerms(path="secret", clause="scope"),),
        "measured": ("secret",),
        "exclusions": {"scope": "secret"},
        "headings": {"scope": "secret"},
        "labels": {"priority": {"high": "secret"}},
        "asks": {"nature": "secret"},
        "choices": {"nature": ("secret",)},
        "notices": (NoticeTerms(event=EventType.OPENED, tell=("secret",)),),
    }
    kept = deadline_terms(FULL.model_copy(update=stated))
    written = kept.model_dump()
    assert "secret" not in str(written)
    assert "@" not in str(written)
    for name in (*stated, "contacts", "facts"):
        assert name not in written
    assert Terms.model_validate_json(kept.model_dump_json()) == kept


def test_replaced_terms_count_as_before() -> None:
    kept = deadline_terms(FULL)
    assert (kept.calendars, kept.support_hours) == (FULL.calendars, FULL.support_hours)
    assert (kept.credited, kept.promised_by) == (FULL.credited, FULL.promised_by)
    assert kept.verdict.decision is Decision.COVERED
    assert [clock.promises for clock in kept.clocks] == [c.promises for c in FULL.clocks]
    assert [clock.pauses for clock in kept.clocks] == [c.pauses for c in FULL.clocks]
    assert any(clock.ladder for clock in FULL.clocks)
    assert not any(clock.ladder for clock in kept.clocks)


def test_replaced_terms_know_what_a_ticket_waits_for() -> None:
    pauses = {"proposal": PauseTerms(starts=("resolved",), stops=("reopened",))}
    process = ProcessTerms(
        pauses=pauses, forecast=FORECAST, checklist=(Step(id="look", does="Look"),)
    )
    kept = deadline_terms(FULL.model_copy(update={"process": process})).process
    blank = FORECAST.model_copy(update={"priorities": (), "windows": {}})
    assert kept == ProcessTerms(pauses=pauses, forecast=blank)
    assert (
        deadline_terms(FULL.model_copy(update={"process": ProcessTerms()})).process.forecast is None
    )
