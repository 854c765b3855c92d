"""Cention, clause by clause. All due times were computed by hand from the support page."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from policies.documents.document import Document
from policies.lint.all_warnings import warnings
from policies.loading.loader import policy_of
from policies.loading.policy_catalog import SHIPPED
from policies.terms.admission import RequestRefused
from policies.vocabulary import ClosedAs, EventType
from tests.policies.requests import CATALOG, MIDDAY, explained, local, terms

CENTION = CATALOG.latest("cention")
STOCKHOLM = "Europe/Stockholm"
ERIK = "erik.holm@fjordline.example"
RECEPTION = "reception@birch-clinic.example"
EXCLUSIONS = (
    "terms_violation",
    "unauthorized_modification",
    "third_party",
    "customer_environment",
    "internet",
    "computer_basics",
    "custom_development",
    "preview_feature",
)


@pytest.mark.clause("cention/response-times", "cention/priorities")
@pytest.mark.parametrize(
    ("priority", "plan", "hours"),
    [
        ("critical", "foundation", 4),
        ("critical", "professional", 1),
        ("critical", "enterprise", 2),
        ("serious", "foundation", 8),
        ("serious", "professional", 4),
        ("serious", "enterprise", 4),
        ("minor", "foundation", 24),
        ("minor", "professional", 12),
        ("minor", "enterprise", 8),
    ],
)
def test_the_response_times_are_those_of_the_table(priority: str, plan: str, hours: int) -> None:
    clock = explained("cention", "first_response", MIDDAY, priority=priority, plan=plan)
    assert clock.target == f"{hours} business hour{'s' if hours > 1 else ''}"
    assert clock.calendar is not None
    assert (clock.calendar.name, clock.zone) == (plan, STOCKHOLM)


@pytest.mark.clause("cention/hours", "cention/measured-in-hours", "cention/holidays")
@pytest.mark.parametrize(
    ("plan", "priority", "received", "due"),
    [
        # Weekdays from 9 to 18: half an hour on Friday, the rest on Monday.
        ("foundation", "critical", "2026-02-27 17:30", "2026-03-02 12:30"),
        # 4 + 9 + 9 + 2 hours, over a weekend.
        ("foundation", "minor", "2026-03-04 14:00", "2026-03-09 11:00"),
        # Midsummer Day is a Saturday; its eve is no public holiday, and is worked.
        ("foundation", "critical", "2026-06-18 16:00", "2026-06-19 11:00"),
        # Christmas Eve is worked, Christmas Day is not, the day after it is a Saturday.
        ("foundation", "minor", "2026-12-23 16:00", "2026-12-29 13:00"),
        # New Year's Day, a weekend, and Epiphany on the Wednesday after it.
        ("foundation", "minor", "2026-12-31 16:00", "2027-01-07 13:00"),
        # Good Friday and Easter Monday, and the clocks go forward on Easter Sunday.
        ("foundation", "serious", "2027-03-25 16:00", "2027-03-30 15:00"),
        # From 8 to 22: two hours before the close and ten on the next day.
        ("professional", "minor", "2026-03-04 20:00", "2026-03-05 18:00"),
        # Ascension Day is a Thursday.
        ("professional", "serious", "2026-05-13 20:00", "2026-05-15 10:00"),
        # Round the clock, also on a Sunday.
        ("enterprise", "critical", "2026-03-01 03:00", "2026-03-01 05:00"),
        # The last hour before Midsummer Day counts, then nothing until it is over.
        ("enterprise", "critical", "2026-06-19 23:00", "2026-06-21 01:00"),
        # The night the clocks go back has an hour more, the one they go forward an hour less.
        ("enterprise", "minor", "2026-10-25 00:00", "2026-10-25 07:00"),
        ("enterprise", "minor", "2026-03-29 00:00", "2026-03-29 09:00"),
        # New Year's Day is closed for Enterprise too.
        ("enterprise", "serious", "2026-12-31 22:00", "2027-01-02 02:00"),
    ],
)
def test_only_support_hours_of_the_plan_count(
    plan: str, priority: str, received: str, due: str
) -> None:
    at = local(received, STOCKHOLM)
    clock = explained("cention", "first_response", at, plan=plan, priority=priority)
    assert clock.due_at == local(due, STOCKHOLM)


@pytest.mark.clause("cention/holidays")
def test_statutory_holidays_of_sweden_are_closed_and_other_sundays_are_not() -> None:
    closed = terms("fjordline-energy", email=ERIK).calendars["enterprise"].closed
    of_2027 = sorted(day for day in closed if day.startswith("2027"))
    assert of_2027 == [
        "2027-01-01",
        "2027-01-06",
        "2027-03-26",
        "2027-03-28",
        "2027-03-29",
        "2027-05-01",
        "2027-05-06",
        "2027-05-16",
        "2027-06-06",
        "2027-06-26",
        "2027-11-06",
        "2027-12-25",
        "2027-12-26",
    ]
    assert closed["2027-06-26"] == "Midsummer Day"


@pytest.mark.clause("cention/ticket-number")
def test_every_requester_is_notified_at_once() -> None:
    [opened] = [n for n in terms("birch-clinic", email=RECEPTION).notices if n.event == "opened"]
    assert opened.tell == ("requester",)


@pytest.mark.clause("cention/channels")
@pytest.mark.parametrize("channel", ["email", "portal"])
@pytest.mark.parametrize("account", ["birch-clinic", "fjordline-energy"])
def test_e_mail_and_portal_are_open_to_all(channel: str, account: str) -> None:
    assert terms(account, channel=channel).channel == channel


@pytest.mark.clause("cention/channels")
def test_the_phone_is_for_critical_issues_of_enterprise_only() -> None:
    assert terms("fjordline-energy", channel="phone", priority="critical").channel == "phone"
    for account, priority in (("fjordline-energy", "serious"), ("birch-clinic", "critical")):
        with pytest.raises(RequestRefused, match="accepts it by email, portal") as refused:
            terms(account, channel="phone", priority=priority)
        assert [objection.field for objection in refused.value.objections] == ["channel"]


@pytest.mark.clause("cention/exclusions")
@pytest.mark.parametrize("cause", EXCLUSIONS)
def test_each_of_the_eight_causes_is_a_separate_reason(cause: str) -> None:
    pinned = terms("birch-clinic", email=RECEPTION, facts={"cause": cause})
    assert pinned.verdict.closed_as is ClosedAs.NOT_COVERED
    assert pinned.verdict.clauses[0] == "exclusions"
    assert pinned.verdict.reason == cause
    assert pinned.reasons[cause].says == pinned.verdict.says
    assert len({pinned.reasons[reason].says for reason in EXCLUSIONS}) == 8
    assert "exclusions" in pinned.exclusions


@pytest.mark.clause("cention/exclusions")
@pytest.mark.parametrize("facts", [{}, {"cause": "platform"}])
def test_requests_that_are_not_excluded_are_covered(facts: dict[str, Any]) -> None:
    assert not terms("birch-clinic", email=RECEPTION, facts=facts).verdict.refuses


@pytest.mark.clause("cention/responsibilities")
@pytest.mark.parametrize(
    ("account", "email", "may"),
    [
        ("birch-clinic", RECEPTION, True),
        ("birch-clinic", "night@birch-clinic.example", False),
        ("fjordline-energy", ERIK, True),
        ("fjordline-energy", "anyone@it.fjordline.example", True),
        ("fjordline-energy", "ceo@fjordline.example", False),
    ],
)
def test_only_designated_contacts_may_send_requests(account: str, email: str, may: bool) -> None:
    verdict = terms(account, email=email).verdict
    assert verdict.refuses is not may
    if not may:
        assert (verdict.closed_as, verdict.clauses) == (
            ClosedAs.NOT_ELIGIBLE,
            ("responsibilities",),
        )


@pytest.mark.clause("cention/responsibilities")
@pytest.mark.parametrize(
    ("plan", "asked", "first", "second"),
    [
        ("foundation", "2026-03-04 14:00", "2026-03-06 14:00", "2026-03-11 14:00"),
        ("foundation", "2026-12-29 10:00", "2026-12-31 10:00", "2027-01-07 10:00"),
        ("professional", "2026-03-05 09:00", "2026-03-09 09:00", "2026-03-12 09:00"),
        ("enterprise", "2026-03-06 14:00", "2026-03-08 14:00", "2026-03-11 14:00"),
    ],
)
def test_an_unanswered_question_is_reminded_after_two_and_five_support_days(
    plan: str, asked: str, first: str, second: str
) -> None:
    clock = explained("cention", "information_reminder", local(asked, STOCKHOLM), plan=plan)
    assert [(rung.at, rung.tell) for rung in clock.rungs] == [
        (local(first, STOCKHOLM), ("requester",)),
        (local(second, STOCKHOLM), ("requester",)),
    ]
    assert not clock.promised


@pytest.mark.clause("cention/responsibilities")
def test_a_reminder_has_its_own_template_and_is_not_a_breach() -> None:
    pinned = terms("birch-clinic", email=RECEPTION).clock("information_reminder")
    assert pinned.reminds
    assert {rung.template for rung in pinned.ladder} == {"reminder"}
    assert pinned.starts == (EventType.INFORMATION_REQUESTED,)


@pytest.mark.clause("cention/escalation")
@pytest.mark.parametrize(
    ("account", "audiences"),
    [
        ("birch-clinic", ["support_management", "escalation_desk"]),
        ("fjordline-energy", ["support_management", "account_manager", "escalation_desk"]),
    ],
)
def test_the_account_manager_is_a_level_for_plans_with_one(
    account: str, audiences: list[str]
) -> None:
    process = terms(account).process
    assert [level.audience for level in process.levels] == audiences
    assert "requester" in process.raise_level_by
    assert {level.clause for level in process.levels} == {"escalation"}


@pytest.mark.clause("cention/professional-services")
def test_professional_services_are_referred_to_sales() -> None:
    facts = {"subject_matter": "professional_services"}
    verdict = terms("birch-clinic", email=RECEPTION, facts=facts).verdict
    assert (verdict.closed_as, verdict.refers_to) == (ClosedAs.NOT_COVERED, "sales")
    assert verdict.clauses == ("professional-services",)


@pytest.mark.clause("cention/changes")
def test_a_ticket_pins_the_revision_it_was_opened_under() -> None:
    assert terms("birch-clinic").revision == CENTION.revision == date(2026, 1, 1)


@pytest.mark.clause("cention/response-times", "cention/holidays")
def test_the_warnings_about_the_page() -> None:
    document = Document.read((Path(SHIPPED) / "cention.yaml").read_bytes(), "cention.yaml")
    said = {finding.clause: finding.wrong for finding in warnings(policy_of(document))}
    assert set(said) == {"response-times", "holidays"}
    assert (
        'the target is "2 business hours", but the lower plan "professional" has "1 business hour"'
        in (said["response-times"])
    )
    assert "open round the clock but closes on holidays" in said["holidays"]
