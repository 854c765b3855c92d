"""The speed of business time arithmetic, next to other packages.

All packages run in the same process on the same calendar: 09:00-17:00 in New York, Monday to
Friday, closed on federal holidays. The figure of a call is the median over batches of calls with
different starts, after a warm-up.
"""

import argparse
import json
import platform
import statistics
import sys
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import businesstimedelta
import holidays
import numpy as np
import pandas as pd
import pytz  # type: ignore[import-untyped]

sys.path.insert(0, str(Path(__file__).parents[1]))

from policies.business_time.calendar import BusinessCalendar

ZONE = "America/New_York"
YEARS = range(2023, 2028)
CLOSED = dict(sorted(holidays.country_holidays("US", years=YEARS).items()))
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
WEEKLY = {day: [("09:00", "17:00")] for day in WORKDAYS}
LENGTHS = {"2 h": 2, "16 h": 16, "500 h": 500}

TARGETS = {
    "add_us": ("at most", 3.0),
    "between_us": ("at most", 3.0),
    "compile_year_ms": ("at most", 3.0),
    "times_faster_than_pandas": ("at least", 20.0),
}


def main() -> int:
    """Measures and prints a table or JSON; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=pd.errors.PerformanceWarning)
    report = measure()
    print(json.dumps(report, indent=2) if options.json else table(report))
    return 0 if all(target["met"] for target in report["targets"].values()) else 1


def measure() -> dict[str, Any]:
    """All figures: microseconds per call, except for compiling."""
    starts = some_starts(100)
    desk = BusinessCalendar(ZONE, WEEKLY, CLOSED)
    packages = [
        durable_desk(desk, starts),
        pandas_business_hour(starts),
        business_time_delta(starts),
    ]
    figures = {
        name: {
            "add": {length: median_us(add(hours), starts) for length, hours in LENGTHS.items()},
            **({"between": median_us(between, starts)} if between else {}),
        }
        for name, add, between in packages
    }
    days = {
        "durable_desk": median_us(lambda at: desk.business_days(at, 2), starts),
        "numpy.busday_offset": median_us(numpy_days(), starts),
    }
    return summary(figures, days, compile_year_ms(), agreement(desk, starts))


def durable_desk(desk: BusinessCalendar, starts: Sequence[datetime]) -> tuple[str, Any, Any]:
    """This project's calendar."""
    far = {start: start + timedelta(days=90) for start in starts}

    def add(hours: int) -> Callable[[datetime], Any]:
        length = timedelta(hours=hours)
        return lambda at: desk.add(at, length)

    return "durable_desk", add, lambda at: desk.between(at, far[at])


def pandas_business_hour(starts: Sequence[datetime]) -> tuple[str, Any, Any]:
    """CustomBusinessHour, zone-aware and with holidays; it has no between."""
    stamps = {start: pd.Timestamp(start).tz_convert(ZONE) for start in starts}

    def add(hours: int) -> Callable[[datetime], Any]:
        offset = pandas_offset(hours)
        return lambda at: stamps[at] + offset

    return "pandas.CustomBusinessHour", add, None


def pandas_offset(hours: int) -> Any:
    """This many hours on the same calendar."""
    return pd.offsets.CustomBusinessHour(
        n=hours, start="09:00", end="17:00", holidays=[np.datetime64(day) for day in CLOSED]
    )


def business_time_delta(starts: Sequence[datetime]) -> tuple[str, Any, Any]:
    """The package businesstimedelta."""
    zone = pytz.timezone(ZONE)
    office = businesstimedelta.WorkDayRule(
        start_time=time(9), end_time=time(17), working_days=[0, 1, 2, 3, 4], tz=zone
    )
    closed = businesstimedelta.HolidayRule(CLOSED, tz=zone)
    rules = businesstimedelta.Rules([office, closed])
    far = {start: start + timedelta(days=90) for start in starts}

    def add(hours: int) -> Callable[[datetime], Any]:
        length = businesstimedelta.BusinessTimeDelta(rules, hours=hours)
        return lambda at: at + length

    return "businesstimedelta", add, lambda at: rules.difference(at, far[at])


def numpy_days() -> Callable[[datetime], Any]:
    """Whole business days: numpy has no time of day and no zone."""
    calendar = np.busdaycalendar(holidays=[np.datetime64(day) for day in CLOSED])

    def days(at: datetime) -> Any:
        return np.busday_offset(at.date(), 2, roll="forward", busdaycal=calendar)

    return days


def some_starts(count: int) -> list[datetime]:
    """Times in 2025, open and closed, at odd minutes; the same in every run."""
    first = datetime(2025, 1, 1, 0, 7, 31, tzinfo=UTC)
    return [first + n * timedelta(hours=79, minutes=13) for n in range(count)]


def median_us(call: Callable[[datetime], Any], starts: Sequence[datetime]) -> float:
    """The median over the batches that fit in half a second, at least 5 and at most 300."""
    batch = starts[::10]
    for start in batch:
        call(start)
    estimate = batch_us(call, batch)
    rounds = min(300, max(5, int(500_000 / (estimate * len(batch)))))
    return statistics.median(batch_us(call, batch) for _ in range(rounds))


def batch_us(call: Callable[[datetime], Any], batch: Sequence[datetime]) -> float:
    """Microseconds per call."""
    began = perf_counter_ns()
    for start in batch:
        call(start)
    return (perf_counter_ns() - began) / len(batch) / 1000


def compile_year_ms() -> dict[str, float]:
    """The time to build a calendar and compile one year, by kind of calendar."""
    lunch = {day: [("09:00", "12:00"), ("13:00", "17:00")] for day in WORKDAYS}
    always = {day: [("00:00", "24:00")] for day in (*WORKDAYS, "sat", "sun")}
    kinds = {"office": WEEKLY, "lunch break": lunch, "24x7": always}
    return {kind: median_compile_ms(weekly) for kind, weekly in kinds.items()}


def median_compile_ms(weekly: dict[str, list[tuple[str, str]]]) -> float:
    """The median over 50 different years."""
    took = []
    for year in range(2000, 2050):
        desk = BusinessCalendar(ZONE, weekly, [date(year, 1, 1)])
        began = perf_counter_ns()
        desk.is_open(datetime(year, 6, 1, tzinfo=UTC))
        took.append((perf_counter_ns() - began) / 1e6)
    return statistics.median(took)


def agreement(desk: BusinessCalendar, starts: Sequence[datetime]) -> str:
    """How many results pandas agrees with: a check that both compute the same thing."""
    offset, length = pandas_offset(16), timedelta(hours=16)
    same = 0
    for start in starts:
        other = (pd.Timestamp(start).tz_convert(ZONE) + offset).to_pydatetime()
        own = desk.add(start, length)
        # At a close the two can return the two ends of the same closed time.
        same += desk.between(own, other) == timedelta(0)
    return f"{same} of {len(starts)}"


def summary(
    figures: dict[str, Any], days: dict[str, float], compiling: dict[str, float], agree: str
) -> dict[str, Any]:
    """All figures, ratios and targets."""
    own, pandas_ = figures["durable_desk"], figures["pandas.CustomBusinessHour"]
    ratios = {
        f"add {length}": {
            name: peer["add"][length] / own["add"][length]
            for name, peer in figures.items()
            if peer is not own
        }
        for length in LENGTHS
    }
    ratios["between"] = {
        "businesstimedelta": figures["businesstimedelta"]["between"] / own["between"]
    }
    ratios["2 business days"] = {
        "numpy.busday_offset": days["numpy.busday_offset"] / days["durable_desk"]
    }
    reached = {
        "add_us": max(own["add"].values()),
        "between_us": own["between"],
        "compile_year_ms": max(compiling.values()),
        "times_faster_than_pandas": min(
            pandas_["add"][length] / own["add"][length] for length in LENGTHS
        ),
    }
    return {
        "python": platform.python_version(),
        "calls_us": figures,
        "two_business_days_us": days,
        "compile_year_ms": compiling,
        "times_faster": ratios,
        "same_answers_as_pandas": agree,
        "targets": {
            name: {"wanted": f"{word} {limit:g}", "reached": reached[name], "met": met}
            for name, (word, limit) in TARGETS.items()
            for met in [reached[name] <= limit if word == "at most" else reached[name] >= limit]
        },
    }


def table(report: dict[str, Any]) -> str:
    """The report as text."""
    lines = [f"Python {report['python']}; µs per call, median, and the factor to durable_desk"]
    for name, calls in report["calls_us"].items():
        lines += ["", name]
        for length, took in calls["add"].items():
            lines.append(row(f"add {length}", took, report["times_faster"], f"add {length}", name))
        if "between" in calls:
            label = "between, 90 days"
            lines.append(row(label, calls["between"], report["times_faster"], "between", name))
    lines += ["", "2 business days (numpy: whole days, no zone)"]
    lines += [f"  {name:<20}{took:>12.2f}" for name, took in report["two_business_days_us"].items()]
    lines += ["", "compiling a year, ms"]
    lines += [f"  {kind:<20}{took:>12.2f}" for kind, took in report["compile_year_ms"].items()]
    lines += ["", f"same answers as pandas: {report['same_answers_as_pandas']}", ""]
    lines += [
        f"{'met' if goal['met'] else 'MISSED':<8}{name}: {goal['reached']:.2f} ({goal['wanted']})"
        for name, goal in report["targets"].items()
    ]
    return "\n".join(lines)


def row(label: str, took: float, ratios: dict[str, Any], key: str, name: str) -> str:
    """One line, with the ratio if there is one."""
    ratio = ratios[key].get(name)
    return f"  {label:<20}{took:>12.2f}" + (f"{ratio:>10.0f} x" if ratio else "")


if __name__ == "__main__":
    sys.exit(main())
