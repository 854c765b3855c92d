"""Tickets under the published policies, without a server."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from policies.schema.request import Requester
from policies.vocabulary import Action, ClockState, EventType
from tests.harness import OPERATOR, opening
from tests.policies.requests import contract, local
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.refusals import Refusal

BO = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
CHROME = {"browser": "chrome", "browser_up_to_date": True}
STOCKHOLM, LONDON = "Europe/Stockholm", "Europe/London"


def ticket_of(
    account: str, at: datetime, email: str = "mia@somewhere.example", **facts: Any
) -> TicketDriver:
    requester = Requester(name="Mia", email=email)
    return TicketDriver(
        opened=opening(at, contract=contract(account), requester=requester, **facts)
    )


def clinic(received: str) -> TicketDriver:
    """A request of a clinic with an information request an hour later."""
    at = local(received, STOCKHOLM)
    opened = ticket_of("birch-clinic", at, "reception@birch-clinic.example")
    return opened.until_instant(at + timedelta(hours=1)).act(
        Action.RESPOND,
        message="Tell us more.",
        outcomes=["information_request"],
        questions=["Since when?", "On which screen?"],
    )


@pytest.mark.clause("cention/responsibilities")
def test_the_requester_is_reminded_twice_without_a_breach() -> None:
    driver = clinic("2026-03-04 13:00").until_instant(local("2026-03-06 13:59", STOCKHOLM))
    assert driver.notices("reminder") == []
    driver.until_instant(local("2026-03-06 14:00", STOCKHOLM))
    [first] = driver.notices("reminder")
    notice = driver.ticket.outbox.compose(first)
    assert notice.audience == "requester"
    assert notice.facts["questions"] == ["Since when?", "On which screen?"]
    assert notice.facts["asked_at"] == local("2026-03-04 14:00", STOCKHOLM).isoformat()
    assert "due_at" not in notice.facts
    driver.until_instant(local("2026-03-11 14:00", STOCKHOLM))
    assert driver.audiences("reminder") == ["requester", "requester"]
    driver.until_instant(local("2026-06-01 09:00", STOCKHOLM))
    assert len(driver.notices("reminder")) == 2
    assert driver.clock("information_reminder").state is ClockState.CANCELLED
    assert driver.events(EventType.CLOCK_BREACHED, EventType.CLOSED) == []


@pytest.mark.clause("cention/responsibilities")
def test_an_answer_ends_the_reminders_and_the_next_question_starts_them_again() -> None:
    driver = clinic("2026-03-04 13:00").until_instant(local("2026-03-05 10:00", STOCKHOLM))
    driver.act(Action.PROVIDE_INFORMATION, message="Since Monday.")
    assert driver.clock("information_reminder").state is ClockState.MET
    driver.until_instant(local("2026-03-09 10:00", STOCKHOLM))
    assert driver.notices("reminder") == []
    driver.act(Action.REQUEST_INFORMATION, message="Which browser?")
    driver.until_instant(local("2026-03-11 10:00", STOCKHOLM))
    assert len(driver.notices("reminder")) == 1
    assert driver.clock("information_reminder").cycle == 2


@pytest.mark.clause("prismic/premium-outage")
def test_an_outage_of_category_1_pages_the_person_on_call_at_any_hour() -> None:
    at = datetime(2026, 12, 25, 3, 0, tzinfo=UTC)
    outage = ticket_of("alder-forge", at, channel="phone", kind="api_outage", priority="category_1")
    [page] = outage.notices("paged")
    facts = outage.ticket.outbox.compose(page).facts
    assert page.audience == "on_call"
    assert (facts["clock"], facts["priority"]) == ("acknowledgement", "category 1")
    assert facts["due_at"] == (at + timedelta(hours=1)).isoformat()


@pytest.mark.clause("prismic/premium-outage")
def test_raising_an_outage_to_category_1_pages_and_lowering_does_not() -> None:
    at = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    outage = ticket_of(
        "alder-forge", at, channel="portal", kind="api_outage", priority="category_2"
    )
    assert outage.notices("paged") == []
    outage.act(Action.RECLASSIFY, OPERATOR, priority="category_1", reason="All of it is down.")
    assert outage.audiences("paged") == ["on_call"]
    outage.act(Action.RECLASSIFY, OPERATOR, priority="category_2", reason="Half of it is back.")
    assert outage.audiences("paged") == ["on_call"]


@pytest.mark.clause("prismic/category-1", "prismic/category-2")
def test_acknowledging_and_answering_are_two_promises_and_a_breach_names_its_category() -> None:
    at = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    report = ticket_of("alder-forge", at, kind="issue_report", priority="category_1")
    report.until_instant(at + timedelta(minutes=20)).act(Action.ACKNOWLEDGE)
    assert report.clock("acknowledgement").state is ClockState.MET
    assert report.clock("first_response").state is ClockState.RUNNING
    report.until_instant(at + timedelta(hours=4))
    [breached] = [
        e for e in report.events(EventType.CLOCK_BREACHED) if e.data["clock"] == "first_response"
    ]
    assert breached.data["clause"] == "category-1"


@pytest.mark.clause("prismic/category-1", "prismic/category-2")
@pytest.mark.parametrize("priority", ["category_1", "category_2"])
def test_a_resource_can_be_replaced_but_not_taken_away(priority: str) -> None:
    at = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    report = ticket_of("alder-forge", at, kind="issue_report", priority=priority)
    report.act(Action.ASSIGN, assignee=BO)
    assert report.clock("assignment").state is ClockState.MET
    with pytest.raises(Refusal, match="assignee") as refused:
        report.act(Action.ASSIGN, assignee=None)
    assert refused.value.clause == "category-1"
    report.act(Action.ASSIGN, assignee=BO | {"id": "di", "name": "Di"})
    assert report.state.assignee is not None
    assert report.state.assignee.name == "Di"


@pytest.mark.clause("prismic/basic")
def test_a_ticket_without_a_guarantee_has_no_clock() -> None:
    at = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    free = ticket_of("paper-lantern", at, kind="issue_report", priority="category_1")
    assert free.state.clocks == []
    [opened] = free.notices("opened")
    assert (
        free.ticket.outbox.compose(opened).facts["guarantee"] == "No response time is guaranteed."
    )


@pytest.mark.clause("contentsquare/response-definition", "contentsquare/resolution-definition")
def test_the_resolution_counts_from_the_first_response_and_continues_when_reopened() -> None:
    at = local("2026-03-04 14:00", LONDON)
    anomaly = ticket_of("maison-lumiere", at, priority="p1", facts=CHROME)
    assert anomaly.ticket.clocks.latest("resolution") is None
    anomaly.until_instant(local("2026-03-05 10:00", LONDON)).act(
        Action.RESPOND,
        message="Nous cherchons.",
        outcomes=["information_request"],
        questions=["Depuis quand ?"],
    )
    clock = anomaly.clock("resolution")
    assert clock.due_at == local("2026-03-19 10:00", LONDON)
    assert clock.state is ClockState.RUNNING
    anomaly.until_instant(local("2026-03-06 10:00", LONDON))
    anomaly.act(Action.RESOLVE, resolution="C’est réparé.")
    assert anomaly.clock("resolution").state is ClockState.MET
    anomaly.until_instant(local("2026-03-09 10:00", LONDON))
    anomaly.act(Action.REOPEN, reason="Cela recommence.")
    # One of the ten business days had passed before the resolution, so nine are left.
    assert anomaly.clock("resolution").due_at == local("2026-03-20 10:00", LONDON)
    assert anomaly.clock("resolution").cycle == 1


@pytest.mark.clause("contentsquare/resolution-definition")
def test_a_ticket_resolved_by_its_first_response_has_its_whole_target_when_reopened() -> None:
    anomaly = ticket_of(
        "maison-lumiere", local("2026-03-04 14:00", LONDON), priority="p1", facts=CHROME
    )
    anomaly.act(Action.RESPOND, message="Videz le cache.", outcomes=["resolution"])
    assert anomaly.ticket.clocks.latest("resolution") is None
    anomaly.until_instant(local("2026-03-05 10:00", LONDON))
    anomaly.act(Action.REOPEN, reason="Cela recommence.")
    assert anomaly.clock("resolution").due_at == local("2026-03-19 10:00", LONDON)
    assert anomaly.clock("first_response").state is ClockState.MET


@pytest.mark.clause("contentsquare/p3")
def test_a_clock_that_the_priority_lacks_does_not_start_on_reopening() -> None:
    anomaly = ticket_of(
        "maison-lumiere", local("2026-03-04 14:00", LONDON), priority="p1", facts=CHROME
    )
    anomaly.act(Action.RESPOND, message="Nous cherchons.", outcomes=["work_started"])
    anomaly.act(Action.RECLASSIFY, priority="p3", reason="Peu de gêne.")
    anomaly.act(Action.RESOLVE, resolution="C’est réparé.")
    anomaly.until_instant(local("2026-03-05 14:00", LONDON))
    anomaly.act(Action.REOPEN, reason="Encore.")
    assert anomaly.clock("resolution").state is ClockState.CANCELLED
    anomaly.act(Action.RECLASSIFY, priority="p1", reason="Pire.")
    # The time while it was resolved does not count.
    assert anomaly.clock("resolution").due_at == local("2026-03-19 14:00", LONDON)


@pytest.mark.clause("contentsquare/classification", "contentsquare/response-definition")
def test_a_response_before_the_promise_keeps_the_clock_from_starting() -> None:
    anomaly = ticket_of(
        "maison-lumiere", local("2026-03-04 14:00", LONDON), priority="p1", facts=CHROME
    )
    anomaly.act(Action.RECLASSIFY, priority="p3", reason="Peu de gêne.")
    anomaly.act(Action.RESPOND, message="Bonjour.", outcomes=["work_started"])
    anomaly.act(Action.RECLASSIFY, priority="p0", reason="Tout est inutilisable.")
    assert anomaly.clock("first_response").state is ClockState.CANCELLED
    assert anomaly.clock("resolution").state is ClockState.RUNNING


@pytest.mark.clause("contentsquare/classification", "contentsquare/p0")
def test_a_report_reclassified_as_critical_counts_from_receipt() -> None:
    at = local("2026-03-04 14:00", LONDON)
    anomaly = ticket_of("maison-lumiere", at, priority="p2", facts=CHROME)
    assert anomaly.clock("first_response").due_at == local("2026-03-05 13:00", LONDON)
    anomaly.until_instant(local("2026-03-04 14:30", LONDON))
    anomaly.act(Action.RECLASSIFY, priority="p0", reason="Tout est inutilisable.")
    assert anomaly.clock("first_response").due_at == local("2026-03-04 16:00", LONDON)
    assert anomaly.state.terms.priority == "p2"
    assert anomaly.audiences("paged") == ["on_call"]


@pytest.mark.clause("contensive/user-support", "contensive/fees")
@pytest.mark.parametrize(
    ("account", "kind", "is_open"),
    [
        ("quarry-books", "how_to", True),
        ("quarry-books", "custom_feature", False),
        ("millbrook-township", "how_to", True),
    ],
)
def test_a_request_outside_the_plan_is_refused_with_its_clause_and_has_no_clocks(
    account: str, kind: str, is_open: bool
) -> None:
    at = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    driver = ticket_of(account, at, kind=kind)
    assert driver.state.clocks == []
    assert driver.state.is_active is is_open
    if not is_open:
        [closed] = driver.events(EventType.CLOSED)
        assert closed.data["clause"] == "fees"
