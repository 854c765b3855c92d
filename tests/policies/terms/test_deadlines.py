"""Due times of rungs on the time base of a clock."""

from datetime import timedelta

from policies.business_time.durations import Duration
from policies.terms.deadlines import ClockTimeBase, Progress
from policies.terms.model.clock import RungTerms
from policies.terms.model.promise import PromiseTerms
from tests.policies.business_time.sample_calendars import HOUR, OFFICE, at

FRIDAY_16, SUNDAY = at("2024-05-10 16:00"), at("2024-05-12 12:00")
PROMISE = PromiseTerms(within=Duration.parse("8 business hours"))


def test_a_breach_is_at_the_due_time_also_if_that_was_agreed_for_closed_time() -> None:
    progress = Progress(FRIDAY_16, HOUR, 8 * HOUR, SUNDAY)
    base = ClockTimeBase(OFFICE)
    assert base.rung_time(RungTerms(at="breach", tell=()), PROMISE, progress) == SUNDAY
    half = base.rung_time(RungTerms(at="50%", tell=()), PROMISE, progress)
    assert half == FRIDAY_16
    last = base.rung_time(RungTerms(at="95%", tell=()), PROMISE, progress)
    assert last == FRIDAY_16 + timedelta(minutes=36)
