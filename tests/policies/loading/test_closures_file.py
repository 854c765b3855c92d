"""ICS files beside a policy: their all-day events are closed dates, and a bad file is refused."""

from datetime import date
from pathlib import Path

import pytest

from policies.documents.problems import PolicyErrors
from policies.loading.closures_file import MAX_DATES, read_closures
from policies.loading.loader import load_policy, read_policy
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.calendar_days import days_in
from policies.schema.contract import Contract
from policies.terms.overrides import apply_overrides, override_errors
from policies.terms.pinned_calendar import pin_calendar
from tests.policies.sample_documents import POLICY, broken

NAMED = broken("    special_hours:\n", "    ics: closures.ics\n    special_hours:\n")


def ics(*events: str, end: str = "END:VCALENDAR") -> bytes:
    blocks = [f"BEGIN:VEVENT\n{event}\nEND:VEVENT" for event in events]
    text = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *blocks, end, ""])
    return text.replace("\n", "\r\n").encode()


def day(text: str) -> str:
    return f"DTSTART;VALUE=DATE:{text}"


def closed(*events: str) -> list[str]:
    return [found.isoformat() for found in read_closures(ics(*events), "closures.ics")]


def problem(*events: str, content: bytes | None = None) -> str:
    with pytest.raises(PolicyErrors) as refusal:
        read_closures(content or ics(*events), "closures.ics")
    [found] = refusal.value.problems
    return str(found)


def policy_at(directory: Path, content: bytes | None) -> Path:
    path = directory / "acme.yaml"
    path.write_text(NAMED)
    if content is not None:
        (directory / "closures.ics").write_bytes(content)
    return path


def test_the_end_of_an_event_is_the_first_day_that_is_open_again() -> None:
    assert closed(day("20261230") + "\nDTEND;VALUE=DATE:20270102") == [
        "2026-12-30",
        "2026-12-31",
        "2027-01-01",
    ]


@pytest.mark.parametrize("rest", ["", "\nDURATION:P1D", "\nDTEND;VALUE=DATE:20261225"])
def test_an_event_without_a_later_end_is_a_single_day(rest: str) -> None:
    assert closed(day("20261224") + rest) == ["2026-12-24"]


def test_a_recurring_event_closes_each_of_its_dates() -> None:
    weeks = day("20260105") + "\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;VALUE=DATE:20260112"
    assert closed(weeks) == ["2026-01-05", "2026-01-19", "2026-01-26"]
    until = day("20261224") + "\nRRULE:FREQ=YEARLY;UNTIL=20281224T000000Z"
    assert closed(until) == ["2026-12-24", "2027-12-24", "2028-12-24"]
    last_monday = day("20260525") + "\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2"
    assert closed(last_monday + "\nRDATE;VALUE=DATE:20260901") == [
        "2026-05-25",
        "2026-09-01",
        "2027-05-31",
    ]


def test_the_friday_after_thanksgiving_is_closed_every_year() -> None:
    rule = "FREQ=YEARLY;BYMONTH=11;BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29"
    assert closed(day("20261127") + f"\nRRULE:{rule};COUNT=3") == [
        "2026-11-27",
        "2027-11-26",
        "2028-11-24",
    ]


def test_a_recurrence_without_an_end_goes_on_for_as_long_as_public_holidays_are_known() -> None:
    dates = closed(day("20261224") + "\nRRULE:FREQ=YEARLY")
    assert (len(dates), dates[-1]) == (75, "2100-12-24")


def test_a_moved_or_cancelled_event_does_not_close_its_former_date() -> None:
    weeks = "UID:1\n" + day("20260105") + "\nRRULE:FREQ=WEEKLY;COUNT=3"
    moved = "UID:1\nRECURRENCE-ID;VALUE=DATE:20260112\n" + day("20260113")
    left_out = "UID:1\nRECURRENCE-ID;VALUE=DATE:20260119\nSTATUS:CANCELLED\n" + day("20260119")
    assert closed(weeks, moved, left_out) == ["2026-01-05", "2026-01-13"]


def test_closed_dates_have_the_titles_of_their_events() -> None:
    titled = read_closures(ics(day("20261224") + "\nSUMMARY:Winter\\, all offices"), "x.ics")
    assert titled == {date(2026, 12, 24): "Winter, all offices"}
    assert read_closures(ics(day("20261224")), "x.ics") == {date(2026, 12, 24): "closed"}


@pytest.mark.parametrize(
    ("event", "line", "wrong"),
    [
        ("DTSTART:20261224T100000Z", 4, "only all-day events close a calendar"),
        ("SUMMARY:Winter", 3, "the event has no DTSTART"),
        (day("20260230"), 4, "DTSTART is not valid"),
        (day("20261224") + "\nDTEND;VALUE=DATE:20261224", 5, "ends before or on the day"),
        (day("20261224") + "\nDURATION:PT4H", 5, "DURATION is not a number of days"),
        (day("20261224") + "\nDURATION:P99999999D", 5, "the event lasts"),
        (day("18991224"), 4, "1899-12-24 is out of range"),
        (day("20261224") + "\nRRULE:FREQ=HOURLY", 5, "not a recurrence by days"),
        (day("20261224") + "\nRRULE:FREQ=DAILY;INTERVAL=0", 5, "not a recurrence by days"),
        (day("20261224") + "\nRRULE:FREQ=NEVER", 5, "RRULE is not valid"),
        (day("20261224") + "\nRRULE:FREQ=YEARLY;INTERVAL=x", 5, "RRULE is not valid"),
        (day("20261224") + "\nEXDATE:20261224T000000Z", 5, "EXDATE has a time of day"),
        (day("20261224") + "\n" + day("20261225"), 4, "DTSTART is given twice"),
        (day("20261224") + "\nwinter", 5, "the line is not a property"),
        (day("20260101") + "\nRRULE:FREQ=DAILY", 3, f"closes more than {MAX_DATES:,} dates"),
    ],
)
def test_an_error_has_its_line_and_what_would_be_right(event: str, line: int, wrong: str) -> None:
    text = problem(event)
    assert text.startswith(f"closures.ics:{line}:1 ")
    assert wrong in text
    assert "; " in text


@pytest.mark.parametrize(
    ("content", "line", "wrong"),
    [
        (b"<html>", 1, "not an iCalendar file"),
        (b"", 1, "not an iCalendar file"),
        (ics(), 1, "the file has no events"),
        (ics(day("20261224"), end=""), 5, "a part of the file may be missing"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", 2, "the event has no end"),
        (b"BEGIN:VCALENDAR\nSUMMARY:\xe9t\xe9\nEND:VCALENDAR\n", 2, "is not UTF-8"),
        (b" " * 1_000_001, 1, "larger than"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused(content: bytes, line: int, wrong: str) -> None:
    text = problem(content=content or b"\n")
    assert text.startswith(f"closures.ics:{line}:1 ")
    assert wrong in text


def test_all_errors_of_a_file_are_reported_at_once() -> None:
    with pytest.raises(PolicyErrors) as refusal:
        read_closures(ics(day("x"), "SUMMARY:No date", day("20261224")), "closures.ics")
    assert [found.line for found in refusal.value.problems] == [4, 6]


def test_a_policy_closes_on_the_dates_of_the_file_beside_it(tmp_path: Path) -> None:
    path = policy_at(tmp_path, ics(day("20270505") + "\nSUMMARY:Move"))
    for policy in (load_policy(path), *PolicyCatalog.load(tmp_path)):
        pinned = pin_calendar("office", policy.calendars["office"], 2027)
        assert pinned.closed["2027-05-05"] == "Move"
        assert "2027-05-05" not in pin_calendar("always", policy.calendars["always"], 2027).closed


def test_a_date_that_is_never_closed_is_open_whatever_the_file_says(tmp_path: Path) -> None:
    path = policy_at(tmp_path, ics(day("20260106"), day("20260107")))
    rule = load_policy(path).calendars["office"]
    closed = days_in(rule, range(2026, 2027)).closed
    assert (date(2026, 1, 6) in closed, date(2026, 1, 7) in closed) == (False, True)


def test_the_content_of_the_file_stays_with_the_policy_under_overrides(tmp_path: Path) -> None:
    path = policy_at(tmp_path, ics(day("20270505") + "\nSUMMARY:Move"))
    policy = load_policy(path)
    (tmp_path / "closures.ics").unlink()
    changed = apply_overrides(policy, {"clocks.triage.within": "3 days"}).policy
    assert changed.calendars == policy.calendars


def test_a_contract_cannot_name_another_file(tmp_path: Path) -> None:
    policy = load_policy(policy_at(tmp_path, ics(day("20270505"))))
    contract = Contract(
        account="harbour",
        name="Harbour",
        policy="acme",
        overrides={"calendars.office.ics": "other.ics"},
    )
    [finding] = override_errors(contract, policy)
    assert '"other.ics" cannot be read' in finding.wrong


def test_a_file_that_is_missing_is_reported_where_the_policy_names_it(tmp_path: Path) -> None:
    path = policy_at(tmp_path, None)
    for load in (lambda: load_policy(path), lambda: PolicyCatalog.load(tmp_path)):
        with pytest.raises(PolicyErrors) as refusal:
            load()
        [found] = refusal.value.problems
        assert (found.file, found.path) == (str(path), "calendars.office.ics")
        assert "no such file" in found.wrong
        assert "beside the policy" in found.right


def test_errors_of_the_file_are_reported_in_the_file(tmp_path: Path) -> None:
    with pytest.raises(PolicyErrors) as refusal:
        load_policy(policy_at(tmp_path, ics("DTSTART:20261224T100000Z")))
    [found] = refusal.value.problems
    assert (found.file, found.line) == (str(tmp_path / "closures.ics"), 4)


def test_a_policy_that_is_a_text_has_no_directory_to_read_a_file_from() -> None:
    with pytest.raises(PolicyErrors) as refusal:
        read_policy(NAMED, "acme.yaml")
    [found] = refusal.value.problems
    assert found.path == "calendars.office.ics"
    assert '"closures.ics" cannot be read' in found.wrong
    assert "load the policy from a file" in found.right
    assert read_policy(POLICY).calendars["office"].ics is None


def test_events_that_close_the_same_dates_again_and_again_are_limited_as_well() -> None:
    yearly = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20270101\nRRULE:FREQ=YEARLY\nEND:VEVENT\n"
    text = f"BEGIN:VCALENDAR\n{yearly * 200}END:VCALENDAR\n"
    with pytest.raises(PolicyErrors, match=f"closes more than {MAX_DATES:,} dates"):
        read_closures(text.encode(), "closures.ics")
