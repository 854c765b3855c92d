"""Warnings are reported at their place, with their clause."""

from pathlib import Path
from typing import NamedTuple

import pytest

from policies.documents.document import Document
from policies.lint import all_warnings
from policies.loading.loader import policy_of, read_policy
from policies.loading.policy_catalog import SHIPPED
from policies.schema.policy import Reading
from tests.policies.sample_documents import POLICY, broken, places_marked, warnings_in


class Case(NamedTuple):
    """A passage, its replacement (with a mark at the place of the warning), and the message."""

    old: str
    new: str
    path: str
    wrong: str
    clause: str


BY_RECEIPT = (
    "within:\n      by: [received]\n"
    "      cells: {inside_hours: 20 business hours, outside_hours: ¦20 hours}"
)

CASES = {
    "a higher plan is slower": Case(
        "gold: {urgent: 2 business hours,",
        "gold: {urgent: ¦5 business hours,",
        "clocks.first_response.within.cells.gold.urgent",
        'the target is "5 business hours", but the lower plan "silver" has "4 business hours"',
        "response",
    ),
    "a higher plan has no guarantee": Case(
        "gold: {urgent: 2 business hours, otherwise: 8 business hours}",
        "gold: {¦urgent: {guarantee: none}, otherwise: {guarantee: none}}",
        "clocks.first_response.within.cells.gold.urgent",
        'the target is no guarantee, but the lower plan "silver" has "4 business hours"',
        "response",
    ),
    "a more urgent priority is slower": Case(
        "gold: {urgent: 2 business hours, otherwise: 8 business hours}",
        "gold: {urgent: ¦2 business hours, otherwise: 60 business minutes}",
        "clocks.first_response.within.cells.gold.urgent",
        '"2 business hours", but the less urgent priority "normal" has "60 business minutes"',
        "response",
    ),
    "outside hours is due before inside": Case(
        "within: 2 days",
        BY_RECEIPT,
        "clocks.triage.within.cells.outside_hours",
        'just before closing ("20 business hours") is due later',
        "escalation",
    ),
    "round the clock but for holidays": Case(
        '    hours: {mon-sun: "00:00-24:00"}\n',
        '    hours: {mon-sun: "00:00-24:00"}\n    ¦holidays: {country: SE}\n',
        "calendars.always.holidays",
        "open round the clock but closes on holidays",
        "hours",
    ),
    "an unused calendar": Case(
        "  always:\n",
        '  ¦spare: {zone: UTC, hours: {mon: "09:00-17:00"}, clause: hours}\n  always:\n',
        "calendars.spare",
        'nothing uses the calendar "spare"',
        "hours",
    ),
    "a date kept open that is not a holiday": Case(
        "never: [2026-01-06]",
        "never: [2026-01-06, ¦2026-01-07]",
        "calendars.office.holidays.never[1]",
        "2026-01-07 is not a public holiday",
        "hours",
    ),
    "a half day that ends at another hour than by law": Case(
        "country: SE\n      also: {2026-12-31: New Year's closing}\n      never: [2026-01-06]\n",
        'country: TR\n      categories: [public, half_day]\n      half_day_until: ¦"12:00"\n',
        "calendars.office.holidays.half_day_until",
        '"Eid al-Fitr (from 1pm)", but half days close at 12:00',
        "hours",
    ),
    "a half day's end without half days": Case(
        "country: SE\n",
        'country: SE\n      ¦half_day_until: "12:00"\n',
        "calendars.office.holidays.half_day_until",
        "`half_day_until` has no effect without the category `half_day`",
        "hours",
    ),
    "a yearly half day that is always a holiday": Case(
        "    special_hours:\n",
        '    half_days: {¦12-25: "13:00"}\n    special_hours:\n',
        "calendars.office.half_days.12-25",
        "12-25 is closed all day (Christmas Day",
        "hours",
    ),
    "a working day that is open anyway": Case(
        "    special_hours:\n",
        "    working_days: [2026-10-10, ¦2026-10-12]\n    special_hours:\n",
        "calendars.office.working_days[1]",
        "2026-10-12 is open anyway",
        "hours",
    ),
    "a cut-off in 12 hours": Case(
        "    within: 2 days\n",
        '    within: 2 days\n    calendar: office\n    cut_off: ¦"03:00"\n',
        "clocks.triage.cut_off",
        'no start in the hours of "office" is before the cut-off 03:00',
        "escalation",
    ),
    "a window of a whole day": Case(
        'fri: "09:00-15:00"',
        'fri: ¦"09:00-09:00"',
        "calendars.office.hours.fri",
        '"09:00-09:00" is open for 24 hours',
        "hours",
    ),
    "a promised clock without a ladder": Case(
        "  triage:\n    starts: [escalated]\n",
        "  ¦review:\n    starts: [escalated, opened]\n    stops: [resolved]\n    within: 9 days\n"
        "    clause: response\n  triage:\n    starts: [escalated]\n",
        "clocks.review",
        'the promised clock "review" notifies nobody',
        "response",
    ),
    "a breach that notifies nobody": Case(
        "  triage:\n    starts: [escalated]\n",
        "  ¦review:\n    starts: [opened]\n    stops: [resolved]\n    within: 9 days\n"
        "    promised: false\n    clause: response\n  triage:\n    starts: [escalated]\n",
        "clocks.review",
        'a breach of the clock "review" notifies nobody',
        "response",
    ),
    "a rung that raises beyond the last level": Case(
        "tell: [assignee, lead]}",
        "tell: [assignee, lead], raises_level: ¦true}",
        "clocks.first_response.ladder[1].raises_level",
        "the rung raises to level 1, but the process has 0",
        "response",
    ),
    "a share of half an hour": Case(
        "gold: {urgent: 2 business hours,",
        "gold: {urgent: 30 business minutes,",
        "clocks.first_response.ladder[0].at",
        '"50%" of "30 business minutes" leaves hardly any time to act',
        "response",
    ),
    "an internal clock that notifies the requester": Case(
        "    within: 2 days\n    pauses: [information, proposal]\n    ladder:\n"
        "      - {at: 12 hours before, tell: [assignee]}",
        "    within: 2 days\n    promised: false\n"
        "    pauses: [information, proposal]\n    ladder:\n"
        "      - {at: 12 hours before, ¦tell: [assignee, requester]}",
        "clocks.triage.ladder[0].tell",
        '"triage" is an internal clock, but its ladder notifies the requester',
        "escalation",
    ),
    "an unassigned ticket that notifies nobody": Case(
        "unassigned: lead\n",
        "",
        "clocks.first_response.ladder[0].tell[0]",
        "a ticket may not have one yet",
        "",
    ),
    "a contact that is never notified": Case(
        "  lead: {name: Lead",
        "  ¦boss: {name: Boss, email: boss@acme.example}\n  lead: {name: Lead",
        "contacts.boss",
        'the contact "boss" is never notified',
        "",
    ),
    "an idle ticket that reminds an unknown audience": Case(
        "  assignment: {keep_assigned: [urgent], clause: response}",
        "  assignment: {keep_assigned: [urgent], clause: response}\n"
        "  idle: {after: 5 days, tell: [lead, ¦leed], clause: response}",
        "process.idle.tell[1]",
        'the audience "leed" is not declared, so it is not reminded',
        "",
    ),
    "a credit that notifies nobody": Case(
        "  - {event: credit_earned, tell: [customer], clause: credit}\n\nremedies:\n  credits",
        "\nremedies:\n  ¦credits",
        "remedies.credits",
        "nobody is notified of service credits",
        "credit",
    ),
    "a clock that never starts": Case(
        "starts: [escalated]",
        "¦starts: [engineering_needed]",
        "clocks.triage.starts",
        '"triage" never starts: the process has no handoff',
        "escalation",
    ),
    "an end for want of an answer that nobody hears of": Case(
        "    on_expiry: resolve\n",
        "    ¦on_expiry: close\n",
        "clocks.information_reminder.on_expiry",
        '"information_reminder" ends the ticket, and the requester is not notified',
        "response",
    ),
    "a clock that starts after the end": Case(
        "starts: [escalated]",
        "¦starts: [closed]",
        "clocks.triage.starts",
        '"triage" never starts: the ticket has ended',
        "escalation",
    ),
    "a clock that never stops": Case(
        "stops: [triage_concluded]",
        "¦stops: [handed_over]",
        "clocks.triage.stops",
        '"triage" cannot be met: the process has no handoff',
        "escalation",
    ),
    "a clock with an event that never happens": Case(
        "stops: [triage_concluded]",
        "stops: [triage_concluded, ¦handed_over]",
        "clocks.triage.stops[1]",
        '"handed_over" never happens: the process has no handoff',
        "escalation",
    ),
    "a notice of an event that never happens": Case(
        "notices:\n",
        "notices:\n  - {event: ¦handed_over, tell: [lead], clause: response}\n",
        "notices[0].event",
        '"handed_over" never happens: the process has no handoff',
        "response",
    ),
    "an update clock that does not repeat": Case(
        "  triage:\n    starts: [escalated]\n    stops: [triage_concluded]",
        "  ¦triage:\n    starts: [escalated]\n    stops: [triage_concluded, update_posted]",
        "clocks.triage",
        '"triage" ends with the first update',
        "escalation",
    ),
    "a fact that is never used": Case(
        "  cause: {type",
        "  ¦mood: {type: string, ask: How?}\n  cause: {type",
        "facts.mood",
        'no condition or table uses the fact "mood"',
        "",
    ),
    "a date that could begin in several zones": Case(
        "revision: 2026-01-31\nzone: UTC\n",
        "¦revision: 2026-01-31\n",
        "revision",
        "the support hours have several time zones",
        "hours",
    ),
    "a zone without summer time": Case(
        "    zone: Europe/Stockholm\n",
        "    zone: ¦EST\n",
        "calendars.office.zone",
        'the zone "EST" has no summer time',
        "hours",
    ),
    "a misspelled value passes": Case(
        "  cause: {type: string, ask: What caused it?, allow_other: true}",
        "  ¦cause: {type: string, ask: What caused it?}",
        "facts.cause",
        'conditions compare "cause" with texts, and it accepts any other text',
        "",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_warning_is_reported_at_its_place_with_its_clause(case: Case) -> None:
    text = broken(case.old, case.new)
    [warning] = warnings_in(text)
    assert (warning.path, warning.clause) == (case.path, case.clause)
    assert case.wrong in warning.wrong
    assert warning.right
    for place in places_marked(text):
        assert (warning.line, warning.column) == place


def test_the_sample_has_no_warnings() -> None:
    assert warnings_in(POLICY) == []


def test_every_warning_has_a_case() -> None:
    texts = [broken(case.old, case.new).replace("¦", "") for case in CASES.values()]
    policies = [read_policy(text) for text in texts]
    silent = [
        getattr(warning, "__name__", "")
        for warning in all_warnings.WARNINGS
        if not any(list(warning(policy)) for policy in policies)
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("zone", "place", "offset"),
    [("EST", "America/New_York", "Etc/GMT+5"), ("MST", "America/Denver", "Etc/GMT+7")],
)
def test_a_zone_without_summer_time_is_warned_of_with_its_place_and_its_own_offset(
    zone: str, place: str, offset: str
) -> None:
    [warning] = warnings_in(broken("    zone: Europe/Stockholm\n", f"    zone: {zone}\n"))
    assert warning.right == f'write "{place}", or the offset that is meant: "{offset}"'


def test_targets_that_cannot_be_compared_give_no_warning() -> None:
    text = broken("gold: {urgent: 2 business hours,", "gold: {urgent: 3 hours,")
    assert warnings_in(text) == []


def test_a_cell_without_a_time_may_refer_to_the_clause_of_another_clock() -> None:
    text = broken(
        "gold: {urgent: 2 business hours, otherwise: 8 business hours}",
        "gold: {guarantee: none, says: As our experts promise., clause: escalation}",
    )
    assert warnings_in(text) == []


@pytest.mark.parametrize(("clause", "ended"), [("response", True), ("updates", False)])
def test_a_reading_ends_the_warnings_that_ask_to_compare_its_clause(
    clause: str, ended: bool
) -> None:
    case = CASES["a higher plan is slower"]
    policy = read_policy(broken(case.old, case.new).replace("¦", ""))
    reading = Reading(clause=clause, reading="The page says so.", compared=True)
    compared = policy.model_copy(update={"readings": (*policy.readings, reading)})
    assert [*all_warnings.warnings(policy)]
    assert bool([*all_warnings.warnings(compared)]) != ended


def test_a_reading_does_not_end_a_warning_that_compares_nothing() -> None:
    case = next(case for name, case in CASES.items() if name == "a breach that notifies nobody")
    policy = read_policy(broken(case.old, case.new).replace("¦", ""))
    reading = Reading(clause=case.clause, reading="The page says so.", compared=True)
    compared = policy.model_copy(update={"readings": (*policy.readings, reading)})
    assert [*all_warnings.warnings(compared)] == [*all_warnings.warnings(policy)]
    assert [*all_warnings.warnings(policy)]


def test_warnings_about_shipped_policies_name_a_clause() -> None:
    for path in sorted(Path(SHIPPED).glob("*.yaml")):
        document = Document.read(path.read_bytes(), path.name)
        policy = policy_of(document)
        for finding in all_warnings.warnings(policy):
            assert finding.clause in policy.clauses, document.problem(finding)


def test_the_contently_policy_has_no_warnings() -> None:
    document = Document.read((SHIPPED / "contently.yaml").read_bytes(), "contently.yaml")
    assert list(all_warnings.warnings(policy_of(document))) == []
