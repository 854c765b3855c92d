"""A merge notifies the surviving ticket, and its requester follows that ticket."""

from typing import Any

from temporalio.testing import WorkflowEnvironment

from policies.vocabulary import Action, ClosedAs, EventType, Stage
from tests.conftest import Begin
from tests.harness import HARBOUR, MIA, Life, RecordingMailer, new_york, opening
from tests.workflows.ticket.ticket_driver import WEDNESDAY, TicketDriver
from workflows.ticket.model.messages import Duplicate, MergeNews
from workflows.ticket.process import views
from workflows.ticket.process.merges import MOST_DUPLICATES

KIM = MIA.model_copy(update={"name": "Kim Harbour", "email": "kim@harbour.example"})
UPDATE: dict[str, Any] = {"message": "We found the cause."}


def answered() -> TicketDriver:
    driver = TicketDriver()
    inputs: dict[str, Any] = {"outcomes": ["information_request"], "questions": ["Which browser?"]}
    return driver.act(Action.RESPOND, message="Hello.", **inputs)


def merged(into: TicketDriver, **changes: Any) -> TicketDriver:
    """Another ticket of the same account, merged into this one."""
    driver = TicketDriver(
        opened=opening(into.now, requester=changes.pop("requester", KIM), **changes)
    )
    return driver.act(Action.MERGE, into=into.state.opening.number, reason="Sent twice.")


def told(driver: TicketDriver, template: str) -> list[str]:
    return [n.to.email for n in driver.notices(template)]


def test_the_surviving_ticket_records_the_merge() -> None:
    driver = answered()
    other = merged(driver)
    assert other.state.owes_merge
    driver.ticket.merge_in(other.ticket.merge_news(), driver.now)
    (event,) = driver.events(EventType.MERGED_IN)
    assert event.by == other.events(EventType.MERGED)[0].by
    assert event.data == {
        "number": other.state.opening.number,
        "requester": "Kim Harbour",
        "follows": True,
        "reason": "Sent twice.",
        "subject": other.state.opening.subject,
        "description": other.state.opening.description,
    }
    assert views.view(driver.state).duplicates == (other.state.opening.number,)


def test_the_requester_of_a_duplicate_gets_progress_notices_but_no_questions() -> None:
    driver = answered()
    other = merged(driver)
    driver.ticket.merge_in(other.ticket.merge_news(), driver.now)
    driver = driver.carried().act(Action.POST_UPDATE, **UPDATE)
    assert told(driver, "update_posted") == [MIA.email, KIM.email]
    driver.act(Action.REQUEST_INFORMATION, message="Since when?")
    assert told(driver, "information_requested") == [MIA.email]
    driver.act(Action.RESOLVE, resolution="Fixed.").act(Action.CLOSE)
    assert told(driver, "resolved") == told(driver, "closed") == [MIA.email, KIM.email]
    number = other.state.opening.number
    assert driver.audiences("resolved") == ["requester", f"requester/{number}"]


def test_a_requester_of_several_duplicates_is_notified_once() -> None:
    driver = answered()
    for requester in (KIM, KIM, MIA):
        driver.ticket.merge_in(merged(driver, requester=requester).ticket.merge_news(), driver.now)
    again = merged(driver)
    for _ in range(2):
        driver.ticket.merge_in(again.ticket.merge_news(), driver.now)
    assert len(driver.events(EventType.MERGED_IN)) == 4
    driver.act(Action.POST_UPDATE, **UPDATE)
    assert told(driver, "update_posted") == [MIA.email, KIM.email]


def test_followers_of_a_duplicate_follow_the_surviving_ticket() -> None:
    first, second = answered(), answered()
    lee = MIA.model_copy(update={"email": "lee@harbour.example"})
    first.ticket.merge_in(merged(first, requester=lee).ticket.merge_news(), first.now)
    first.act(Action.MERGE, into=second.state.opening.number)
    second.ticket.merge_in(first.ticket.merge_news(), second.now)
    second.act(Action.POST_UPDATE, **UPDATE)
    assert told(second, "update_posted") == [MIA.email, lee.email]


def test_a_duplicate_of_another_account_does_not_follow_and_shows_no_text() -> None:
    driver = answered()
    salt = HARBOUR.model_copy(update={"account": "salt-press"})
    driver.ticket.merge_in(merged(driver, contract=salt).ticket.merge_news(), driver.now)
    (event,) = driver.events(EventType.MERGED_IN)
    assert event.data["follows"] is False
    assert not {"subject", "description"} & event.data.keys()
    assert driver.state.duplicates == []


def test_a_ticket_is_not_a_duplicate_of_itself() -> None:
    driver = answered()
    own = Duplicate(
        number=driver.state.opening.number, requester=driver.state.terms.contacts["requester"]
    )
    news = merged(driver).ticket.merge_news().model_copy(update={"duplicates": (own,)})
    driver.ticket.merge_in(news, driver.now)
    assert driver.events(EventType.MERGED_IN) == []


def test_the_number_of_followers_is_limited_and_their_weight_counted() -> None:
    driver = answered()
    for _ in range(MOST_DUPLICATES + 2):
        driver.ticket.merge_in(merged(driver).ticket.merge_news(), driver.now)
    follows = [event.data["follows"] for event in driver.events(EventType.MERGED_IN)]
    assert follows == [True] * MOST_DUPLICATES + [False] * 2
    assert len(driver.state.model_dump_json()) < driver.state.weight + 20_000


def test_a_full_ticket_records_a_merge_without_the_description() -> None:
    driver = answered().fill()
    driver.ticket.merge_in(merged(driver).ticket.merge_news(), driver.now)
    (event,) = driver.events(EventType.MERGED_IN)
    assert "description" not in event.data


def test_the_payload_of_the_signal_survives_serialization() -> None:
    news = merged(answered()).ticket.merge_news()
    assert MergeNews.model_validate_json(news.model_dump_json()) == news


async def test_on_the_server_the_surviving_ticket_and_both_requesters_are_notified(
    begin: Begin, desk: WorkflowEnvironment, mailer: RecordingMailer
) -> None:
    goes_on = await begin(new_york(WEDNESDAY))
    duplicate = await begin(new_york(WEDNESDAY), requester=KIM)
    await duplicate.act(Action.MERGE, into=goes_on.number, reason="Sent twice.")
    summary = await duplicate.handle.result()
    assert summary.closed_as is ClosedAs.DUPLICATE
    assert EventType.MERGE_UNDELIVERED not in [e.type for e in await duplicate.timeline()]
    (event,) = [e for e in await goes_on.timeline() if e.type is EventType.MERGED_IN]
    assert event.data["number"] == duplicate.number
    await goes_on.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    await goes_on.delivered(3)
    to = [email["To"] for email in mailer.emails if "Clear the cache" in str(email)]
    assert len(to) == 2
    assert any("kim@harbour.example" in address for address in to)


async def test_on_the_server_a_merge_into_a_missing_ticket_is_recorded(
    begin: Begin,
) -> None:
    closed = await begin(new_york(WEDNESDAY))
    await closed.act(Action.CLOSE, closed_as="withdrawn", reason="By phone.")
    await closed.handle.result()
    for into in ("ZZZZ-ZZZZ-ZZZZ", closed.number):
        life: Life = await begin(new_york(WEDNESDAY))
        reply = await life.act(Action.MERGE, into=into)
        assert reply.stage is Stage.CLOSED
        assert (await life.handle.result()).closed_as is ClosedAs.DUPLICATE
        missed = [e for e in await life.timeline() if e.type is EventType.MERGE_UNDELIVERED]
        assert [event.data["into"] for event in missed] == [into]
        assert missed[0].data["error"]
