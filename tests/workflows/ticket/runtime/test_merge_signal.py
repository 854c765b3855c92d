"""A merge reaches the ticket that goes on, and whoever asked in the duplicate hears its news."""

from typing import Any

from temporalio.testing import WorkflowEnvironment

from policies.vocabulary import Action, ClosedAs, EventType, Stage
from tests.conftest import Begin
from tests.harness import HARBOUR, MIA, Life, RecordingMailer, new_york, opening
from tests.workflows.ticket.story import WEDNESDAY, Story
from workflows.ticket.model.messages import Duplicate, MergeNews
from workflows.ticket.process import views
from workflows.ticket.process.merges import MOST_DUPLICATES

KIM = MIA.model_copy(update={"name": "Kim Harbour", "email": "kim@harbour.example"})
UPDATE: dict[str, Any] = {"message": "We found the cause."}


def answered() -> Story:
    story = Story()
    said: dict[str, Any] = {"outcomes": ["information_request"], "questions": ["Which browser?"]}
    return story.act(Action.RESPOND, message="Hello.", **said)


def merged(into: Story, **changes: Any) -> Story:
    """Another ticket of the same account, merged into this one."""
    story = Story(opened=opening(into.now, requester=changes.pop("requester", KIM), **changes))
    return story.act(Action.MERGE, into=into.state.opening.number, reason="Sent twice.")


def told(story: Story, template: str) -> list[str]:
    return [n.to.email for n in story.notices(template)]


def test_the_ticket_that_goes_on_has_the_merge_in_its_timeline() -> None:
    story = answered()
    other = merged(story)
    assert other.state.owes_merge
    story.ticket.merge_in(other.ticket.merge_news(), story.now)
    (event,) = story.events(EventType.MERGED_IN)
    assert event.by == other.events(EventType.MERGED)[0].by
    assert event.data == {
        "number": other.state.opening.number,
        "requester": "Kim Harbour",
        "follows": True,
        "reason": "Sent twice.",
        "subject": other.state.opening.subject,
        "description": other.state.opening.description,
    }
    assert views.view(story.state).duplicates == (other.state.opening.number,)


def test_whoever_asked_in_the_duplicate_hears_the_news_and_is_asked_nothing() -> None:
    story = answered()
    other = merged(story)
    story.ticket.merge_in(other.ticket.merge_news(), story.now)
    story = story.carried().act(Action.POST_UPDATE, **UPDATE)
    assert told(story, "update_posted") == [MIA.email, KIM.email]
    story.act(Action.REQUEST_INFORMATION, message="Since when?")
    assert told(story, "information_requested") == [MIA.email]
    story.act(Action.RESOLVE, resolution="Fixed.").act(Action.CLOSE)
    assert told(story, "resolved") == told(story, "closed") == [MIA.email, KIM.email]
    number = other.state.opening.number
    assert story.told("resolved") == ["requester", f"requester/{number}"]


def test_nobody_is_told_twice_however_often_they_asked() -> None:
    story = answered()
    for requester in (KIM, KIM, MIA):
        story.ticket.merge_in(merged(story, requester=requester).ticket.merge_news(), story.now)
    again = merged(story)
    for _ in range(2):
        story.ticket.merge_in(again.ticket.merge_news(), story.now)
    assert len(story.events(EventType.MERGED_IN)) == 4
    story.act(Action.POST_UPDATE, **UPDATE)
    assert told(story, "update_posted") == [MIA.email, KIM.email]


def test_those_who_followed_a_duplicate_follow_the_ticket_that_goes_on() -> None:
    first, second = answered(), answered()
    lee = MIA.model_copy(update={"email": "lee@harbour.example"})
    first.ticket.merge_in(merged(first, requester=lee).ticket.merge_news(), first.now)
    first.act(Action.MERGE, into=second.state.opening.number)
    second.ticket.merge_in(first.ticket.merge_news(), second.now)
    second.act(Action.POST_UPDATE, **UPDATE)
    assert told(second, "update_posted") == [MIA.email, lee.email]


def test_a_ticket_of_another_account_follows_nothing_and_shows_nothing() -> None:
    story = answered()
    salt = HARBOUR.model_copy(update={"account": "salt-press"})
    story.ticket.merge_in(merged(story, contract=salt).ticket.merge_news(), story.now)
    (event,) = story.events(EventType.MERGED_IN)
    assert event.data["follows"] is False
    assert not {"subject", "description"} & event.data.keys()
    assert story.state.duplicates == []


def test_a_ticket_is_no_duplicate_of_itself() -> None:
    story = answered()
    own = Duplicate(
        number=story.state.opening.number, requester=story.state.terms.contacts["requester"]
    )
    news = merged(story).ticket.merge_news().model_copy(update={"duplicates": (own,)})
    story.ticket.merge_in(news, story.now)
    assert story.events(EventType.MERGED_IN) == []


def test_how_many_follow_has_a_bound_and_what_they_take_is_counted() -> None:
    story = answered()
    for _ in range(MOST_DUPLICATES + 2):
        story.ticket.merge_in(merged(story).ticket.merge_news(), story.now)
    follows = [event.data["follows"] for event in story.events(EventType.MERGED_IN)]
    assert follows == [True] * MOST_DUPLICATES + [False] * 2
    assert len(story.state.model_dump_json()) < story.state.weight + 20_000


def test_a_full_ticket_learns_of_the_merge_without_its_words() -> None:
    story = answered().fill()
    story.ticket.merge_in(merged(story).ticket.merge_news(), story.now)
    (event,) = story.events(EventType.MERGED_IN)
    assert "description" not in event.data


def test_what_the_signal_carries_is_read_again() -> None:
    news = merged(answered()).ticket.merge_news()
    assert MergeNews.model_validate_json(news.model_dump_json()) == news


async def test_on_the_server_the_other_ticket_learns_of_it_and_its_requester_is_told(
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
    to = [letter["To"] for letter in mailer.letters if "Clear the cache" in str(letter)]
    assert len(to) == 2
    assert any("kim@harbour.example" in address for address in to)


async def test_on_the_server_a_ticket_that_is_gone_delays_nothing_and_that_is_recorded(
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
