"""Double entry: each shipped policy against its support page, entered a second time in `readings`.

Every cell of every golden matrix is compared with the reading.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import pytest

from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.model.calendar import PinnedCalendar
from policies.terms.settlement import settle
from tests.policies.catalog.golden_matrix import INSTANTS, recorded, values_by_dimension
from tests.policies.catalog.readings import cention, contensive, contently, contentsquare, prismic
from tests.policies.catalog.readings.oracle import due_text, instant
from tests.policies.catalog.readings.reading import Desk, Line, Reading, matches

CATALOG = PolicyCatalog.shipped()
READINGS = {
    module.READING.policy: module.READING
    for module in (contently, prismic, cention, contensive, contentsquare)
}
EVERYBODY = TicketFacts(requester=Requester(name="Mia", email="mia@x.example"), channel="email")
every_reading = pytest.mark.parametrize("reading", READINGS.values(), ids=READINGS)


class Entry(NamedTuple):
    """A cell of the golden matrix, the line of the reading for it, and the desk that serves it."""

    clock: str
    request: str
    row: dict[str, Any]
    line: Line
    desk_name: str | None
    desk: Desk | None

    @property
    def counts_hours(self) -> bool:
        """Whether only opening hours count."""
        within = self.line.within or ""
        return "business" in within or within == "the following week"

    def read(self) -> dict[str, Any]:
        """The cell according to the reading, without its text."""
        due = {name: due_text(self.line, self.desk, at) for name, at in self.instants().items()}
        return {
            "target": self.line.within,
            "clause": self.line.clause,
            "calendar": self.desk_name if self.counts_hours else None,
            "due": {name: text for name, text in due.items() if text},
        }

    def instants(self) -> dict[str, datetime]:
        """The times of the matrix, as local times of this desk."""
        return {name: instant(wall_clock, self.desk) for name, wall_clock in INSTANTS.items()}


def cells(policy: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The row of the matrix for every clock and request."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for clock, rows in recorded(policy)["clocks"].items():
        for row in rows:
            for request in row["requests"]:
                assert (clock, request) not in found
                found[clock, request] = row
    return found


def entries(reading: Reading) -> Iterator[Entry]:
    for (clock, request), row in cells(reading.policy).items():
        [line] = reading.lines_for(clock, request)
        name = reading.desk_of(request)
        yield Entry(clock, request, row, line, name, reading.desks[name] if name else None)


def pinned(reading: Reading, desk: str) -> PinnedCalendar:
    """The hours of a desk as pinned into a ticket of 2026."""
    policy = CATALOG.latest(reading.policy)
    served = [each for each in reading.requests if reading.desk_of(each) == desk]
    assert served, f'no request is served by "{desk}"'
    dimensions = [name for name, known in values_by_dimension(policy).items() if known]
    values = dict(zip(dimensions, served[0].split(" / "), strict=False))
    contract = Contract(
        account="reader",
        name="Reader",
        policy=reading.policy,
        plan=values.get("plan"),
        region=values.get("region"),
    )
    facts = EVERYBODY.model_copy(update={n: values.get(n) for n in ("kind", "priority")})
    calendars = settle(policy, contract, facts, datetime(2026, 3, 4, 14, tzinfo=UTC)).calendars
    assert desk in calendars, f"a desk is named as its calendar in the policy: {[*calendars]}"
    return calendars[desk]


def test_every_shipped_policy_has_a_reading() -> None:
    assert set(READINGS) == set(CATALOG.slugs), (
        "every shipped policy needs tests/policies/catalog/readings/<policy>.py, and its module in "
        "READINGS of this file"
    )


@every_reading
def test_every_cell_has_one_line_and_every_line_has_a_cell(reading: Reading) -> None:
    assert set(cells(reading.policy)) == set(reading.cells())
    lines = [line for cell in reading.cells() for line in reading.lines_for(*cell)]
    assert len(lines) == len(set(reading.cells()))
    assert set(lines) == set(reading.lines)


@every_reading
def test_every_cell_has_the_target_and_due_times_of_its_line(reading: Reading) -> None:
    for entry in entries(reading):
        row = {name: entry.row[name] for name in ("target", "clause", "calendar", "due")}
        assert row == entry.read(), f"{entry.clock} of {entry.request}"


@every_reading
def test_a_guarantee_without_a_time_has_the_text_of_its_line(reading: Reading) -> None:
    for entry in entries(reading):
        words = (entry.row["guarantee"] or "").lower()
        assert bool(words) is bool(entry.line.says) is (entry.line.within is None)
        assert [said for said in entry.line.says if said not in words] == []
        assert not any(letter.isdigit() for letter in words)


@every_reading
def test_due_times_counted_by_hand_equal_the_matrix(reading: Reading) -> None:
    for (who, clock), counted in reading.by_hand.items():
        meant = [e for e in entries(reading) if e.clock == clock and matches(who, e.request)]
        assert meant, f"by_hand: no request matches {who}"
        for entry in meant:
            found = {name: entry.row["due"][name][: len(due)] for name, due in counted.items()}
            assert found == counted, f"{clock} of {entry.request}"


@every_reading
def test_clocks_are_promised_or_internal_as_on_the_page(
    reading: Reading,
) -> None:
    policy = CATALOG.latest(reading.policy)
    internal = {name for name, clock in policy.clocks.items() if not clock.promised}
    assert internal == set(reading.internal)
    assert reading.modified in (
        None,
        policy.revision.isoformat(),
        recorded(policy.policy)["revision"],
    )


@pytest.mark.clause(
    "contently/availability", "cention/hours", "cention/holidays", "contentsquare/hours"
)
@pytest.mark.parametrize(
    ("reading", "desk"),
    [(reading, desk) for reading in READINGS.values() for desk in reading.desks],
    ids=lambda value: value.policy if isinstance(value, Reading) else value,
)
def test_a_desk_has_the_hours_and_closed_days_of_its_page(reading: Reading, desk: str) -> None:
    read, found = reading.desks[desk], pinned(reading, desk)
    assert (found.zone, found.special) == (read.zone, {})
    assert {day: list(hours) for day, hours in found.weekly.items()} == read.hours
    assert _missed(read, found.closed) == _missed(read, read.closed)


def _missed(desk: Desk, closed: Mapping[str, str]) -> dict[str, str]:
    """The closed days of two years on which the desk would have been open, with their names."""
    return {
        day: name.removesuffix(" (observed)")
        for day, name in closed.items()
        if "2026" <= day < "2028" and f"{date.fromisoformat(day):%a}".lower() in desk.hours
    }
