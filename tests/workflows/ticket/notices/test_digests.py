"""What requesters do causes a limited number of e-mails; a digest tells of the rest."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.notices import DIGEST
from activities.rendering.email_composer import rendered
from activities.rendering.template_renderer import TemplateRenderer
from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, EventType, NoticeStatus, Stage
from tests.harness import AGENT, REQUESTER, SERVICE, new_york, opening
from tests.workflows.ticket.actions.test_without_terms import unsettled
from tests.workflows.ticket.ticket_driver import TicketDriver, escalated
from workflows.shared.action_request import SYSTEM
from workflows.ticket.notices.digests import (
    LONGEST_EXCERPT,
    MOST_ENTRIES,
    NEVER_HELD,
    PERIOD,
    QUOTA,
    first_held,
    is_over_quota,
)
from workflows.ticket.process import views
from workflows.ticket.state.notice_record import NoticeRecord

FLOOD = 300
MOMENT = timedelta(milliseconds=47)
LEAD = "support-lead@contently.example"


def write(driver: TicketDriver, times: int, gap: timedelta = MOMENT) -> TicketDriver:
    """The requester writes again and again."""
    for number in range(times):
        driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message=f"Message {number}.")
        driver.until_instant(driver.now + gap)
    return driver


def flooded(times: int = FLOOD) -> TicketDriver:
    return write(escalated(), times)


def digests(driver: TicketDriver) -> list[dict[str, Any]]:
    return [driver.ticket.outbox.compose(record).facts for record in driver.notices(DIGEST)]


def emails(driver: TicketDriver, mailbox: str = LEAD) -> list[NoticeRecord]:
    """What is sent to a mailbox: not what a digest tells of."""
    sent = [n for n in driver.state.notices if n.status is not NoticeStatus.IN_DIGEST]
    return [n for n in sent if n.to.mailbox == mailbox]


@pytest.mark.fault(59)
def test_300_actions_of_a_requester_are_the_quota_of_emails_and_one_digest() -> None:
    driver = flooded()
    assert (10, timedelta(hours=1), 10, 200) == (QUOTA, PERIOD, MOST_ENTRIES, LONGEST_EXCERPT)
    assert len(emails(driver)) == QUOTA
    assert driver.notices(DIGEST) == []
    driver.until_instant(driver.now + PERIOD)
    assert len(emails(driver)) == QUOTA + 1
    (digest,) = digests(driver)
    assert [driver.ticket.outbox.compose(n).standard for n in driver.notices(DIGEST)] == [""]
    assert digest["count"] == FLOOD - QUOTA
    assert [entry["excerpt"] for entry in digest["entries"]] == [
        f"Message {number}." for number in range(FLOOD - MOST_ENTRIES, FLOOD)
    ]
    assert first_held(driver.state) == []


@pytest.mark.fault(59)
def test_no_message_of_a_flood_is_missing_on_the_timeline() -> None:
    driver = flooded()
    told = [event.data["message"] for event in driver.events(EventType.INFORMATION_PROVIDED)]
    assert told == [f"Message {number}." for number in range(FLOOD)]
    held = [n for n in views.view(driver.state).notices if n.status is NoticeStatus.IN_DIGEST]
    assert len(held) == FLOOD - QUOTA


@pytest.mark.fault(59)
def test_continue_as_new_keeps_what_is_held() -> None:
    driver = write(flooded(20).carried(), 20).carried()
    driver.until_instant(driver.now + PERIOD)
    assert [digest["count"] for digest in digests(driver.carried())] == [40 - QUOTA]
    assert len(emails(driver)) == QUOTA + 1


@pytest.mark.fault(59)
@settings(max_examples=60, deadline=None)
@given(
    gaps=st.lists(st.integers(0, 40 * 60), min_size=1, max_size=60).map(
        lambda seconds: [timedelta(seconds=number // 8) for number in seconds]
    ),
    carries=st.integers(1, 30),
)
def test_no_hour_has_more_emails_than_the_quota_and_a_digest(
    gaps: list[timedelta], carries: int
) -> None:
    driver = escalated()
    for number, gap in enumerate(gaps, start=1):
        driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message=f"{number}")
        driver.until_instant(driver.now + gap)
        driver = driver.carried() if number % carries == 0 else driver
    driver.until_instant(driver.now + PERIOD)
    sent = [driver.state.noticed_at(n) for n in emails(driver) if _is_of_requester(n)]
    for begins in sent:
        assert sum(begins <= at < begins + PERIOD for at in sent) <= QUOTA + 1
    told = sum(digest["count"] for digest in digests(driver))
    assert told + len(sent) - len(digests(driver)) == len(gaps)
    assert all(_waits(driver, digest) <= PERIOD for digest in driver.notices(DIGEST))


def _is_of_requester(notice: NoticeRecord) -> bool:
    return notice.template in (EventType.INFORMATION_PROVIDED, DIGEST)


def _waits(driver: TicketDriver, digest: NoticeRecord) -> timedelta:
    since = driver.ticket.outbox.compose(digest).facts["since"]
    return driver.state.noticed_at(digest) - datetime.fromisoformat(str(since))


@pytest.mark.fault(59)
def test_after_a_digest_the_next_message_is_an_email_again() -> None:
    driver = flooded(20)
    write(driver.until_instant(driver.now + PERIOD), 1)
    assert emails(driver)[-1].template == EventType.INFORMATION_PROVIDED


@pytest.mark.fault(59)
def test_a_digest_takes_nothing_of_the_next_quota() -> None:
    driver = flooded(QUOTA + 1)
    soon = timedelta(minutes=1)
    write(driver.until_instant(driver.now + PERIOD - soon), 1)
    driver.until_instant(driver.now + 2 * soon)
    assert len(digests(driver)) == 1
    before = len(emails(driver))
    write(driver, QUOTA + 1)
    assert len(emails(driver)) == before + QUOTA


@pytest.mark.fault(59)
def test_what_programs_write_for_requesters_counts_as_well() -> None:
    driver = escalated()
    for number in range(QUOTA + 5):
        actor = SERVICE if number % 2 else REQUESTER
        driver.act(Action.PROVIDE_INFORMATION, actor, message=f"{number}")
    assert len(emails(driver)) == QUOTA


@pytest.mark.fault(59)
def test_each_mailbox_has_a_quota_and_a_digest_of_its_own() -> None:
    driver = flooded(QUOTA + 5)
    sam = {"id": "sam", "name": "Sam Okafor", "email": "Sam@desk.example"}
    driver.act(Action.ASSIGN, AGENT, assignee=sam)
    write(driver, QUOTA + 3).until_instant(driver.now + PERIOD)
    counts = [digest["count"] for digest in digests(driver)]
    mailboxes = [notice.to.mailbox for notice in driver.notices(DIGEST)]
    assert list(zip(mailboxes, counts, strict=True)) == [(LEAD, 5), ("sam@desk.example", 3)]


@pytest.mark.fault(59)
def test_answers_of_agents_and_notices_of_clocks_are_never_held() -> None:
    driver = flooded()
    for number in range(QUOTA + 5):
        driver.act(Action.POST_UPDATE, message=f"Update {number}.")
    assert len(driver.notices(EventType.UPDATE_POSTED)) == QUOTA + 5
    triage = driver.clock("triage")
    write(driver.until_instant(triage.due_at - timedelta(minutes=30)), QUOTA + 5)
    driver.until_instant(triage.due_at + timedelta(minutes=1))
    breached = driver.notices(EventType.CLOCK_BREACHED)
    assert {notice.status for notice in breached} == {NoticeStatus.OWED}


@pytest.mark.fault(59)
@pytest.mark.parametrize("kind", [*sorted(NEVER_HELD), EventType.INFORMATION_PROVIDED])
def test_what_calls_for_the_desk_at_once_is_never_held(kind: EventType) -> None:
    driver = flooded(QUOTA + 1)
    state, last = driver.state, driver.notices()[-1]
    event = state.events[-1].model_copy(update={"seq": len(state.events) + 1, "type": kind})
    state.events.append(event)
    record = last.model_copy(update={"key": "new", "event": event.seq})
    is_held = is_over_quota(state, record, event.at - PERIOD)
    assert is_held == (kind is EventType.INFORMATION_PROVIDED)


@pytest.mark.fault(59)
@pytest.mark.parametrize(
    ("kind", "is_held"),
    [
        (EventType.INFORMATION_REQUESTED, True),
        (EventType.VERDICT_REACHED, True),
        (EventType.CONTRACT_INCOMPLETE, True),
        (EventType.OBJECTIONS_FOUND, True),
        (EventType.CLOCK_WARNED, False),
        (EventType.OPENED, False),
        (EventType.ESCALATED, False),
        (EventType.LEVEL_RAISED, False),
        (EventType.REOPENED, False),
        (EventType.WITHDRAWN, False),
        (EventType.CLOSED, False),
    ],
)
def test_what_the_system_does_is_held_if_each_answer_of_a_requester_can_cause_it(
    kind: EventType, is_held: bool
) -> None:
    driver = flooded(QUOTA + 1)
    state, last = driver.state, driver.notices()[-1]
    update = {"seq": len(state.events) + 1, "type": kind, "by": SYSTEM}
    event = state.events[-1].model_copy(update=update)
    state.events.append(event)
    record = last.model_copy(update={"key": "new", "event": event.seq})
    assert is_over_quota(state, record, event.at - PERIOD) is is_held


@pytest.mark.fault(59)
@pytest.mark.parametrize(
    ("message", "excerpt"),
    [
        ("word" + " " * 395 + "e", "word e"),
        ("word" + " " * 396 + "e", "word…"),
        ("x" * LONGEST_EXCERPT, "x" * LONGEST_EXCERPT),
        ("x" * (LONGEST_EXCERPT + 1), "x" * (LONGEST_EXCERPT - 1) + "…"),
    ],
)
def test_a_digest_shows_what_it_leaves_out_of_a_message(message: str, excerpt: str) -> None:
    driver = flooded(QUOTA)
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message=message)
    (digest,) = digests(driver.until_instant(driver.now + PERIOD))
    assert digest["entries"][0]["excerpt"] == excerpt


@pytest.mark.fault(59)
def test_terms_that_are_settled_late_release_no_flood() -> None:
    driver = write(unsettled(), FLOOD, gap=timedelta(minutes=1))
    driver.ticket.settle(Settlement(terms=opening(new_york("2027-01-06 14:00")).terms), driver.now)
    driver.until_instant(driver.now + timedelta(seconds=1))
    assert len([n for n in emails(driver) if _is_of_requester(n)]) == QUOTA + 1
    assert [digest["count"] for digest in digests(driver)] == [FLOOD - QUOTA]


@pytest.mark.fault(59)
def test_the_digest_follows_a_ticket_that_is_closed_meanwhile() -> None:
    driver = flooded(20).act(Action.WITHDRAW, REQUESTER, reason="It works again.")
    assert (driver.state.stage, len(first_held(driver.state))) == (Stage.CLOSED, 1)
    driver.until_instant(driver.now + PERIOD)
    assert [digest["count"] for digest in digests(driver)] == [20 - QUOTA]


@pytest.mark.fault(59)
def test_a_digest_quotes_the_beginning_of_a_long_message() -> None:
    driver = flooded(QUOTA)
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="One\nlong\n" + "line " * 3_000)
    (digest,) = digests(driver.until_instant(driver.now + PERIOD))
    excerpt = digest["entries"][0]["excerpt"]
    assert excerpt.startswith("One long line line")
    assert excerpt.endswith("…")
    assert len(excerpt) == LONGEST_EXCERPT


@pytest.mark.fault(59)
@pytest.mark.parametrize(
    ("locale", "subject", "says"),
    [
        ("en", "Further messages: The editor stays blank", "we have held back 290 e-mails about"),
        ("fr", "Autres messages\N{NO-BREAK SPACE}: The editor", "nous avons retenu 290\xa0e-mails"),
    ],
)
def test_a_digest_is_written_in_the_language_of_its_recipient(
    locale: str, subject: str, says: str
) -> None:
    driver = flooded()
    driver.until_instant(driver.now + PERIOD)
    notice = driver.ticket.outbox.compose(driver.notices(DIGEST)[0])
    contact = notice.contact.model_copy(update={"locale": locale})
    message = rendered(notice.model_copy(update={"contact": contact}), TemplateRenderer())
    assert message.subject.startswith(subject)
    for text in (message.text, message.html):
        assert says in text
        assert "Message 299." in text
        assert driver.number in text


def test_emails_count_from_their_own_events_also_after_a_long_silence() -> None:
    driver = escalated()
    driver.until_instant(driver.now + 2 * PERIOD)
    write(driver, QUOTA)
    assert first_held(driver.state) == []
    assert len(first_held(write(driver, 1).state)) == 1


def test_an_email_of_an_hour_ago_counts_no_longer() -> None:
    driver = write(escalated(), 1, PERIOD)
    assert first_held(write(driver, QUOTA, timedelta(0)).state) == []
    assert len(first_held(write(driver, 1).state)) == 1
