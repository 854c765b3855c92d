"""Pages that a pager took are followed up there, each once; a page by mail is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from policies.schema.request import Requester
from policies.vocabulary import Action, Carrier
from tests.harness import AGENT, OPERATOR, REQUESTER, opening
from tests.policies.requests import contract
from tests.workflows.ticket.story import Story
from workflows.ticket.model.state import NoticeRecord

AT = datetime(2027, 3, 3, 3, 0, tzinfo=UTC)
BO = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
ANSWER: dict[str, Any] = {"message": "We are on it.", "outcomes": ["resolution"]}


def outage(priority: str = "category_1") -> Story:
    requester = Requester(name="Mia", email="mia@somewhere.example")
    opened = opening(
        AT,
        contract=contract("alder-forge"),
        requester=requester,
        channel="portal",
        kind="api_outage",
        priority=priority,
    )
    return Story(opened=opened)


def take(story: Story, carrier: Carrier = Carrier.PAGER) -> Story:
    """The pager takes every page that is owed."""
    for page in [n for n in story.ticket.outbox.pending() if n.template == "paged"]:
        story.ticket.outbox.sent(page.key, f"{story.state.opening.number}/{page.key}", carrier)
    return story


def followed_up(story: Story) -> list[str]:
    return [n.key for n in story.notices() if n.template.startswith("page_")]


@pytest.mark.clause("prismic/premium-outage")
@pytest.mark.parametrize(
    ("action", "said"),
    [
        (Action.ACKNOWLEDGE, {}),
        (Action.ASSIGN, {"assignee": BO}),
        (
            Action.RESPOND,
            {"message": "?", "outcomes": ["information_request"], "questions": ["Which API?"]},
        ),
    ],
)
def test_a_page_is_acknowledged_there_once_somebody_is_on_the_ticket(
    action: Action, said: dict[str, Any]
) -> None:
    story = take(outage())
    assert followed_up(story) == []
    story.act(action, **said)
    [record] = [n for n in story.notices() if n.template == "page_acknowledged"]
    assert record.key == "page_acknowledged/paged/1/on_call"
    assert record.audience == "on_call"
    letter = story.ticket.outbox.compose(record)
    assert letter.facts == {"page": f"{letter.ticket.number}/paged/1/on_call"}


@pytest.mark.clause("prismic/premium-outage")
@pytest.mark.parametrize(
    ("action", "said"),
    [
        (Action.RESPOND, ANSWER),
        (Action.CLOSE, {"closed_as": "not_covered", "clause": "enablement", "reason": "Not ours."}),
        (Action.WITHDRAW, {}),
        (Action.MERGE, {"into": "ABCD-EFGH-JKMN"}),
    ],
)
def test_a_page_is_resolved_there_once_the_ticket_is_over_however_it_ends(
    action: Action, said: dict[str, Any]
) -> None:
    story = take(outage()).act(Action.ASSIGN, assignee=BO)
    story.act(action, REQUESTER if action is Action.WITHDRAW else AGENT, **said)
    assert followed_up(story) == [
        "page_acknowledged/paged/1/on_call",
        "page_resolved/paged/1/on_call",
    ]


def test_an_answer_that_resolves_at_once_only_resolves_there() -> None:
    story = take(outage())
    story.act(Action.ASSIGN, assignee=BO).act(Action.RESPOND, **ANSWER)
    again = take(outage()).act(Action.RESPOND, **ANSWER)
    assert followed_up(story)[-1] == followed_up(again)[0] == "page_resolved/paged/1/on_call"
    assert len(followed_up(again)) == 1


def test_each_is_told_once_whatever_happens_to_the_ticket_afterwards() -> None:
    story = take(outage()).act(Action.ACKNOWLEDGE).act(Action.ASSIGN, assignee=BO)
    story.act(Action.RESPOND, **ANSWER).act(Action.REOPEN, REQUESTER, reason="Down again.")
    story.act(Action.RESOLVE, resolution="Really.")
    assert followed_up(story) == [
        "page_acknowledged/paged/1/on_call",
        "page_resolved/paged/1/on_call",
    ]


def test_a_page_that_went_by_mail_leaves_nothing_open() -> None:
    story = take(outage(), Carrier.MAIL).act(Action.ACKNOWLEDGE).act(Action.ASSIGN, assignee=BO)
    story.act(Action.RESPOND, **ANSWER)
    assert followed_up(story) == []


def test_a_page_that_is_still_owed_is_followed_up_when_it_was_taken() -> None:
    story = outage().act(Action.ACKNOWLEDGE)
    assert followed_up(story) == []
    assert followed_up(take(story)) == ["page_acknowledged/paged/1/on_call"]
    late = outage().act(Action.WITHDRAW, REQUESTER)
    assert followed_up(take(late)) == ["page_resolved/paged/1/on_call"]


def test_a_page_that_nobody_took_is_not_followed_up() -> None:
    story = outage()
    [page] = story.notices("paged")
    story.ticket.undeliverable(page.key, "the pager answered 403", AT)
    assert story.told("notice_undeliverable") == ["assignee"]
    story.act(Action.ACKNOWLEDGE).act(Action.ASSIGN, assignee=BO).act(Action.RESPOND, **ANSWER)
    assert followed_up(story) == []


@pytest.mark.clause("prismic/premium-outage")
def test_only_what_happens_after_a_page_answers_it() -> None:
    story = outage("category_2").act(Action.ACKNOWLEDGE)
    story.act(Action.RECLASSIFY, OPERATOR, priority="category_1", reason="All of it is down.")
    assert followed_up(take(story)) == []
    story.until_instant(AT + timedelta(minutes=5)).act(Action.ASSIGN, assignee=BO)
    [page] = story.notices("paged")
    assert followed_up(story) == [f"page_acknowledged/{page.key}"]


def test_every_page_is_followed_up_under_its_own_name() -> None:
    story = take(outage())
    for priority in ("category_2", "category_1"):
        story.act(Action.RECLASSIFY, OPERATOR, priority=priority, reason="We know more.")
    take(story).act(Action.ACKNOWLEDGE)
    pages = [page.key for page in story.notices("paged")]
    assert len(pages) == 2
    assert followed_up(story) == [f"page_acknowledged/{key}" for key in pages]


def test_pages_are_followed_up_after_their_state_was_written_down() -> None:
    story = take(outage()).carried().act(Action.ACKNOWLEDGE)
    assert followed_up(story) == ["page_acknowledged/paged/1/on_call"]


def test_a_notice_of_before_there_were_pagers_is_one_that_went_by_mail_or_is_owed() -> None:
    stored = outage().notices("paged")[0].model_dump(mode="json")
    del stored["carrier"]
    assert NoticeRecord.model_validate(stored).carrier is None
