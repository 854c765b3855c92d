"""Pictures and samples of the README show the product as it is."""

import html
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from policies.business_time import BusinessCalendar
from policies.documents.document import Document
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.calendars import CalendarRule
from policies.schema.clocks import ClockRule, length_of
from policies.terms.pinned_calendar import pin_calendar
from policies.vocabulary import Stage
from settings import ROOT
from tests.docs.pages import README, blocks, rows_of
from workflows.ticket.actions.table import ACTIONS

IMAGES = ROOT / "docs" / "images"
DEADLINE = (IMAGES / "deadline.svg").read_text()
ZONE = ZoneInfo("America/New_York")
LARGEST_PICTURE = 200_000


def texts(css_class: str) -> list[str]:
    found = re.findall(rf'<text class="{css_class}"[^>]*>(.*?)</text>', DEADLINE)
    return [html.unescape(text) for text in found]


def office() -> BusinessCalendar:
    rule = CalendarRule.model_validate(
        {
            "zone": ZONE.key,
            "hours": {"mon-fri": "09:00-17:00"},
            "holidays": {"country": "US"},
            "clause": "hours",
        }
    )
    return pin_calendar("office", rule, 2027, "en").calendar


def january(day: int, hour: int) -> datetime:
    return datetime(2027, 1, day, hour, tzinfo=ZONE)


def test_the_clock_of_the_picture_is_a_clock_with_these_times() -> None:
    document = Document.read("\n".join(texts("y")), "deadline.svg")
    clock = ClockRule.model_validate(document.data["resolution"])
    length = length_of(clock.within)
    assert length is not None
    started, asked, answered = january(15, 11), january(19, 12), january(19, 15)
    counted = office().between(started, asked)
    due = office().add(answered, length.length - counted)
    assert office().add(started, length.length / 2) == january(19, 11)
    assert due == january(20, 14)
    assert counted == timedelta(hours=9)
    assert [rung.at for rung in clock.ladder] == ["50%", "breach"]
    assert {"Fri 11:00", "Tue 11:00", "Tue 12:00–15:00: paused", "Wed 14:00"} <= {*texts("m")}
    assert texts("w") == ["6 h", "3 h", "2 h", "5 h"]


def test_the_picture_of_the_lifecycle_has_every_stage_and_no_other_change() -> None:
    _, block = blocks(README, "mermaid")
    assert {stage for stage in Stage if stage in block.text} == {*Stage}
    drawn = re.findall(r"^ *(\w+)[^\n]*?[-=.]+>(?:\|.*?\|)? (\w+)", block.text, re.MULTILINE)
    changes = {
        (source, target)
        for rule in ACTIONS.values()
        for source in rule.within
        for target in rule.to
    }
    assert {arrow for arrow in drawn if {*arrow} <= {*Stage}} <= changes
    assert ("in_progress", "resolved") in drawn


def test_the_sample_of_a_policy_is_from_a_policy() -> None:
    [block] = blocks(README, "yaml")
    assert block.text in (ROOT / "policies" / "catalog" / "cention.yaml").read_text()


def test_the_numbers_are_those_of_the_scaling_page() -> None:
    rows = rows_of(README, "Numbers")
    shown = figures(" ".join(row[1] for row in rows))
    assert len(rows) == 6
    assert shown - figures((ROOT / "docs" / "scaling.md").read_text()) == set()


def figures(text: str) -> set[str]:
    """The numbers in a text, without those of percentiles."""
    return {number.strip(".,") for number in re.findall(r"(?<![\w.,])\d[\d.,]*", text)}


def test_pictures_are_small() -> None:
    assert [path.name for path in IMAGES.iterdir() if path.stat().st_size > LARGEST_PICTURE] == []


def test_every_shipped_policy_is_listed() -> None:
    listed = [row[0] for row in rows_of(README, "Policies")]
    right = {f"[{slug}](policies/catalog/{slug}.yaml)" for slug in PolicyCatalog.shipped().slugs}
    assert set(listed) == right, "correct the table under Policies"
