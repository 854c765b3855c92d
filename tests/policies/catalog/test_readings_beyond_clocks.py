"""Double entry for parts without clocks: coverage, credits, availability, sessions, reminders."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from policies.accounts.account_settlement import account_terms
from policies.accounts.account_terms import AccountTerms
from policies.accounts.availability import measure, occurrences, period_of
from policies.accounts.credits import availability_credits, claim_until, late_credits
from policies.business_time.months import Month
from policies.business_time.spans import Span
from policies.coverage.evaluation import verdict
from policies.coverage.verdict import Decision
from policies.loading.policy_catalog import PolicyCatalog
from policies.reports.explain import explain
from policies.schema.contract import Contract
from tests.policies.catalog.golden_matrix import INSTANTS
from tests.policies.catalog.readings import cention, contensive, contentsquare, prismic
from tests.policies.catalog.readings.oracle import due_at, instant

CATALOG = PolicyCatalog.shipped()
NOVEMBER = Month(2026, 11)


def account(policy: str, plan: str | None = None) -> AccountTerms:
    contract = Contract(account="reader", name="Reader", policy=policy, plan=plan)
    return account_terms(CATALOG.latest(policy), contract, 2027)


TERMS = account("contentsquare")
assert TERMS.availability is not None
assert TERMS.lateness
AVAILABILITY, (LATE,) = TERMS.availability, TERMS.lateness


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.clause(
    "contensive/user-support",
    "contensive/feature-isolation",
    "contensive/feature-correction",
    "contensive/feature-requirements",
    "contensive/feature-expertise",
    "contensive/feature-third-party",
    "contensive/framework-bug",
    "contensive/framework-not-bug",
    "contensive/fees",
)
def test_contensive_covers_every_situation_as_its_page_does() -> None:
    policy = CATALOG.latest("contensive")
    for situation in contensive.SITUATIONS:
        found = verdict(policy, situation)
        clause = contensive.covered_by(situation)
        decision = Decision.COVERED if clause else Decision.NOT_COVERED
        assert found.decision is decision, situation
        assert clause in (None, found.clauses[0]), situation


@pytest.mark.clause("contentsquare/unavailability")
@pytest.mark.parametrize(("opens", "closes"), contentsquare.MAINTENANCE)
def test_the_maintenance_of_contentsquare_is_at_gmt_plus_2_all_year(
    opens: str, closes: str
) -> None:
    day = Span(utc(opens) - timedelta(hours=6), utc(opens) + timedelta(hours=18))
    found = [span for window in AVAILABILITY.maintenance for span in occurrences(window, day)]
    assert found == [Span(utc(opens), utc(closes))]


@pytest.mark.clause("contentsquare/availability", "contentsquare/unavailability")
@pytest.mark.parametrize(("month", "hours"), contentsquare.COUNTED_HOURS.items())
def test_the_measured_hours_of_a_month_are_those_outside_maintenance(
    month: str, hours: int
) -> None:
    period = period_of(Month.parse(month), TERMS)
    assert measure(period, TERMS, [], []).measured == timedelta(hours=hours)


@pytest.mark.clause("contentsquare/availability")
@pytest.mark.parametrize(("down", "credits_"), contentsquare.CREDITS_FOR_DOWNTIME)
def test_downtime_in_november_earns_the_credits_computed_by_hand(
    down: tuple[int, int, int], credits_: int
) -> None:
    hours, minutes, seconds = down
    length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    found = measure(period_of(NOVEMBER, TERMS), TERMS, _outages(length), [])
    assert found.downtime == length
    assert availability_credits(found.availability, AVAILABILITY) == credits_


@pytest.mark.clause("contentsquare/unavailability")
def test_uncounted_causes_are_those_of_the_page() -> None:
    assert str(AVAILABILITY.target) == contentsquare.AVAILABLE
    assert AVAILABILITY.uncounted == tuple(contentsquare.UNCOUNTED)
    announced = tuple(name for name, told in contentsquare.UNCOUNTED.items() if told)
    assert AVAILABILITY.announced == announced


@pytest.mark.clause("contentsquare/resolution-credit")
@pytest.mark.parametrize(("resolved", "credits_"), contentsquare.CREDITS_FOR_RESOLUTION)
def test_a_late_resolution_earns_a_credit_for_each_day(resolved: str, credits_: int) -> None:
    assert (
        late_credits(max(utc(resolved) - utc("2027-03-10 15:00:00"), timedelta(0)), LATE)
        == credits_
    )
    assert LATE.priorities == contentsquare.CREDITED_PRIORITIES


@pytest.mark.clause("contentsquare/claims")
@pytest.mark.parametrize(("breached", "last"), contentsquare.CLAIMED_UNTIL.items())
def test_a_breach_can_be_claimed_for_thirty_days(breached: str, last: str) -> None:
    assert claim_until(date.fromisoformat(breached), TERMS) == date.fromisoformat(last)


@pytest.mark.clause("contentsquare/escalation")
def test_contentsquare_has_the_levels_of_its_page_in_order() -> None:
    levels = CATALOG.latest("contentsquare").process.levels
    assert levels is not None
    says: list[Any] = [str(level.says) for level in levels.ladder]
    assert len(says) == len(contentsquare.LEVELS)
    assert all(name in said for name, said in zip(contentsquare.LEVELS, says, strict=True))


@pytest.mark.clause("prismic/enablement")
@pytest.mark.parametrize(("plan", "hours"), prismic.ENABLEMENT_HOURS.items())
def test_prismic_gives_session_hours_to_the_plans_of_its_page(plan: str, hours: int | None) -> None:
    found = account("prismic", plan).enablement
    assert (int(found.hours) if found else None) == hours


@pytest.mark.clause("cention/responsibilities")
@pytest.mark.parametrize("plan", cention.READING.values[0])
def test_cention_reminds_after_the_support_days_of_the_reading(plan: str) -> None:
    desk, policy = cention.READING.desks[plan], CATALOG.latest("cention")
    for name, wall_clock in INSTANTS.items():
        at = instant(wall_clock, desk)
        clock = explain(policy, "information_reminder", at, plan=plan, priority="minor")
        first, last = (due_at(days, desk, at) for days in cention.REMINDED_AFTER)
        assert clock.rungs[-1].at == clock.due_at == last, name
        # The first is a share of the total, which has days of 23 or 25 hours when clocks change.
        assert abs(clock.rungs[0].at - first) < timedelta(hours=1), name
        assert clock.rungs[0].at == first or plan == "enterprise", name


def _outages(length: timedelta) -> list[Span]:
    """Outages of this length in total, in working hours of November 2026."""
    outages = []
    for day in (day for day in range(2, 31) if date(2026, 11, day).weekday() < 5):
        part = min(length, timedelta(hours=20))
        begins = datetime(2026, 11, day, 2, tzinfo=UTC)
        outages += [Span(begins, begins + part)] if part else []
        length -= part
    return outages
