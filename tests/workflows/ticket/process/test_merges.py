"""Merges: the survivor decides, and the requester of the duplicate follows it."""

from datetime import timedelta
from typing import Any

import pytest

from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, ClosedAs, EventType, Role, Stage
from tests.harness import AGENT, HARBOUR, MIA, REQUESTER, opening
from tests.workflows.ticket.pending_merge import PendingMerge
from tests.workflows.ticket.ticket_driver import TicketDriver, resolved
from workflows.shared.refusals import InvalidContent, Refusal
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.model.merge_news import MergeNews
from workflows.ticket.model.refusals import ConditionUnmet
from workflows.ticket.process import views
from workflows.ticket.process.merges import MOST_DUPLICATES
from workflows.ticket.state.record_size import BYTES_PER_DUPLICATE, record_weight, room_for

KIM = MIA.model_copy(update={"name": "Kim Harbour", "email": "kim@harbour.example"})
LEE = MIA.model_copy(update={"email": "lee@harbour.example"})
UPDATE: dict[str, Any] = {"message": "We found the cause."}


def answered() -> TicketDriver:
    driver = TicketDriver()
    inputs: dict[str, Any] = {"outcomes": ["information_request"], "questions": ["Which browser?"]}
    return driver.act(Action.RESPOND, message="Hello.", **inputs)


def duplicate_of(into: TicketDriver, **changes: Any) -> PendingMerge:
    """The merge of another ticket of the same account into this one."""
    requester = changes.pop("requester", KIM)
    return PendingMerge(
        TicketDriver(opened=opening(into.now, requester=requester, **changes)), into
    )


def merged(into: TicketDriver, **changes: Any) -> TicketDriver:
    """Another ticket of the same account, merged into this one."""
    return duplicate_of(into, **changes).complete().merging


def told(driver: TicketDriver, template: str) -> list[str]:
    return [n.to.email for n in driver.notices(template)]


def test_the_surviving_ticket_records_the_merge() -> None:
    driver = answered()
    other = merged(driver)
    assert (other.state.closed_as, other.state.merged_into) == (ClosedAs.DUPLICATE, driver.number)
    (event,) = driver.events(EventType.MERGED_IN)
    assert event.by == other.events(EventType.MERGED)[0].by
    assert event.data == {
        "number": other.number,
        "requester": "Kim Harbour",
        "follows": True,
        "reason": "Sent twice.",
        "subject": other.state.opening.subject,
        "description": other.state.opening.description,
    }
    assert views.view(driver.state).duplicates == (other.number,)


def test_the_requester_of_a_duplicate_gets_progress_notices_but_no_questions() -> None:
    driver = answered()
    other = merged(driver)
    driver = driver.carried().act(Action.POST_UPDATE, **UPDATE)
    assert told(driver, "update_posted") == [MIA.email, KIM.email]
    driver.act(Action.REQUEST_INFORMATION, message="Since when?")
    assert told(driver, "information_requested") == [MIA.email]
    driver.act(Action.RESOLVE, resolution="Fixed.").act(Action.CLOSE)
    assert told(driver, "resolved") == told(driver, "closed") == [MIA.email, KIM.email]
    assert driver.audiences("resolved") == ["requester", f"requester/{other.number}"]


def test_a_requester_of_several_duplicates_is_notified_once() -> None:
    driver = answered()
    for requester in (KIM, KIM, MIA):
        merged(driver, requester=requester)
    again = duplicate_of(driver).begin()
    for _ in range(2):
        again.ask()
    assert len(driver.events(EventType.MERGED_IN)) == 4
    driver.act(Action.POST_UPDATE, **UPDATE)
    assert told(driver, "update_posted") == [MIA.email, KIM.email]


def test_followers_of_a_duplicate_follow_the_surviving_ticket() -> None:
    first, second = answered(), answered()
    merged(first, requester=LEE)
    PendingMerge(first, second).complete()
    second.act(Action.POST_UPDATE, **UPDATE)
    assert told(second, "update_posted") == [MIA.email, LEE.email]


@pytest.mark.fault(19)
def test_a_duplicate_of_another_account_is_refused_and_nothing_changes() -> None:
    driver = answered()
    salt = HARBOUR.model_copy(update={"account": "salt-press"})
    assert refused(duplicate_of(driver, contract=salt), "of_another_account")


@pytest.mark.fault(19)
def test_two_tickets_merged_into_each_other_at_once_leave_the_lower_number_open() -> None:
    for first_asks in (True, False):
        low, high = sorted((answered(), answered()), key=lambda driver: driver.number)
        merges = [PendingMerge(low, high).begin(), PendingMerge(high, low).begin()]
        for merge in merges if first_asks else reversed(merges):
            merge.ask()
        for merge in merges:
            merge.end()
        assert (low.state.merged_into, high.state.merged_into) == (None, low.number)
        assert low.state.stage is not Stage.CLOSED
        assert merges[0].refusal is not None
        assert merges[0].refusal.phrase == "merging"


@pytest.mark.fault(19)
def test_a_ticket_on_its_way_into_another_accepts_no_duplicate() -> None:
    survivor = answered()
    on_its_way = duplicate_of(survivor).begin().merging
    assert refused(duplicate_of(on_its_way), "merging")


@pytest.mark.fault(19)
def test_a_closed_or_merged_ticket_accepts_no_duplicate() -> None:
    withdrawn = answered().act(Action.WITHDRAW, REQUESTER)
    assert refused(duplicate_of(withdrawn), "closed")
    survivor = answered()
    assert refused(duplicate_of(merged(survivor)), "closed_merged")


@pytest.mark.fault(19)
def test_a_ticket_is_not_merged_into_its_duplicate() -> None:
    driver = answered()
    duplicate = duplicate_of(driver).begin()
    duplicate.ask()
    with pytest.raises(InvalidContent, match="was merged into this one"):
        driver.act(Action.MERGE, into=duplicate.merging.number)


@pytest.mark.fault(19)
@pytest.mark.parametrize(
    ("action", "inputs"),
    [
        (Action.CLOSE, {"closed_as": "withdrawn", "reason": "By phone."}),
        (Action.WITHDRAW, {}),
        (Action.MERGE, {"into": "ZZZZ-ZZZZ-ZZZZ"}),
    ],
)
def test_only_the_survivor_closes_a_ticket_on_its_way(
    action: Action, inputs: dict[str, Any]
) -> None:
    merging = duplicate_of(answered()).begin().merging
    actor = REQUESTER if action is Action.WITHDRAW else AGENT
    with pytest.raises(ConditionUnmet, match="being merged"):
        merging.act(action, actor, **inputs)
    assert action not in allowed_actions(merging.state, actor.role)
    merging.act(Action.ACKNOWLEDGE)
    merging.ticket.end_merge()
    assert merging.act(action, actor, **inputs).state.stage is Stage.CLOSED


@pytest.mark.fault(19)
def test_a_resolved_ticket_on_its_way_closes_automatically_only_after_a_refusal() -> None:
    driver = answered().act(Action.RESOLVE, resolution="Fixed.")
    closes_at = driver.until_instant(driver.now).state.closes_at
    assert closes_at is not None
    merge = PendingMerge(driver, answered()).begin()
    driver.until_instant(closes_at)
    assert driver.state.stage is Stage.RESOLVED
    merge.merging.ticket.end_merge()
    driver.until_instant(closes_at)
    assert driver.state.closed_as is ClosedAs.RESOLVED


@pytest.mark.fault(19)
def test_a_verdict_waits_while_the_ticket_is_on_its_way() -> None:
    driver = TicketDriver()
    driver.state.owes_settlement = True
    merge = PendingMerge(driver, answered()).begin()
    assert not driver.state.awaits_settlement
    driver.ticket.settle(Settlement(objections=("no",)), driver.now)
    assert driver.state.stage is not Stage.CLOSED
    merge.merging.ticket.end_merge()
    assert driver.state.awaits_settlement


def test_the_number_of_followers_is_limited_and_their_weight_counted() -> None:
    driver = answered()
    for _ in range(MOST_DUPLICATES + 2):
        merged(driver)
    follows = [event.data["follows"] for event in driver.events(EventType.MERGED_IN)]
    assert follows == [True] * 50 + [False] * 2
    assert len(driver.state.model_dump_json()) < record_weight(driver.state) + 20_000


@pytest.mark.fault(20)
def test_duplicates_fill_the_requesters_half_of_the_record_and_no_more() -> None:
    driver = answered()
    text = "Nothing works. " * 1_300
    while (before := room_for(driver.state, Role.REQUESTER)) > len(text):
        described(driver, text)
        assert room_for(driver.state, Role.REQUESTER) < before - len(text)
    described(driver, text)
    assert "description" not in driver.events(EventType.MERGED_IN)[-1].data
    driver.act(Action.POST_UPDATE, **UPDATE)


@pytest.mark.fault(20)
@pytest.mark.parametrize(("more", "is_recorded"), [(-1, True), (0, False)])
def test_a_description_is_recorded_while_it_leaves_requesters_some_room(
    more: int, is_recorded: bool
) -> None:
    driver = answered()
    driver.state.facts = {"log": "x" * (room_for(driver.state, Role.REQUESTER) - 10_000)}
    room = room_for(driver.state, Role.REQUESTER) - BYTES_PER_DUPLICATE
    described(driver, "x" * (room + more))
    assert ("description" in driver.events(EventType.MERGED_IN)[0].data) is is_recorded


@pytest.mark.fault(20)
def test_a_full_ticket_accepts_no_duplicate() -> None:
    assert refused(duplicate_of(answered().fill()), "survivor_full")


def test_the_payload_of_the_request_survives_serialization() -> None:
    merge = duplicate_of(answered())
    news = merge.merging.ticket.merge_news(merge.request)
    assert MergeNews.model_validate_json(news.model_dump_json()) == news


def refused(merge: PendingMerge, phrase: str) -> bool:
    """Whether the survivor refuses the merge for this reason, and neither ticket changes."""
    before = (merge.merging.state.model_dump(), merge.survivor.state.model_dump())
    with pytest.raises(Refusal) as refusal:
        merge.complete()
    after = (merge.merging.state.model_dump(), merge.survivor.state.model_dump())
    return refusal.value.phrase == phrase and after == before


def described(into: TicketDriver, description: str) -> None:
    """A duplicate with this description."""
    merge = duplicate_of(into)
    opened = merge.merging.state.opening.model_copy(update={"description": description})
    PendingMerge(TicketDriver(opened=opened), into).complete()


def test_a_merge_under_way_postpones_the_closing_and_a_refused_one_does_not() -> None:
    driver = resolved()
    closes_at = driver.state.closes_at
    assert closes_at is not None
    driver.ticket.begin_merge("9999-9999-9999")
    driver.until_instant(closes_at + timedelta(hours=1))
    assert driver.state.stage is Stage.RESOLVED
    driver.ticket.end_merge()
    [closed] = driver.until_instant(closes_at + timedelta(hours=2)).events(EventType.CLOSED)
    assert closed.at == closes_at
