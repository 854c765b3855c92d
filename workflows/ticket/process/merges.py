"""Merges: the survivor's decision on a duplicate, and its effect on the survivor.

A merge is one decision, which the survivor makes from its own state. The merging ticket is on its
way (`merging_into`) from the request until the answer, and closes only if the survivor has recorded
it. A ticket on its way accepts no duplicate, so that no ring of merges closes every ticket in it.
The exception: of two tickets on their way into each other, the one with the lower number accepts.
Its own request is then refused by the same rule.
"""

from pydantic import JsonValue

from policies.vocabulary import EventType, Role, Stage
from workflows.shared.action_request import Actor
from workflows.shared.refusals import InvalidContent, RecordFull, Refusal
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.model.merge_news import Duplicate, MergeNews
from workflows.ticket.state.record_size import LARGEST_RECORD, is_full_for, room_for
from workflows.ticket.state.ticket_state import TicketState

MOST_DUPLICATES = 50
"""Duplicates whose requesters follow a ticket. Each adds an e-mail for every progress notice."""


def merge_news(state: TicketState, by: Actor, reason: str) -> MergeNews:
    """What the survivor records about this ticket."""
    own = Duplicate(number=state.opening.number, requester=state.terms.contacts["requester"])
    return MergeNews(
        account=state.terms.account,
        by=by,
        subject=state.opening.subject,
        description=state.opening.description,
        reason=reason,
        duplicates=(own, *state.duplicates),
    )


def objection(survivor: TicketState, news: MergeNews) -> Refusal | None:
    """Why the survivor does not accept a duplicate; None if it does, or already has."""
    number, merged = survivor.opening.number, news.duplicates[0].number
    if merged in survivor.merged_in:
        return None
    if news.account != survivor.terms.account:
        account = survivor.terms.account
        return InvalidContent("of_another_account", number=number, account=account)
    if survivor.stage is Stage.CLOSED:
        return closed_survivor(number, survivor.merged_into)
    into = survivor.merging_into
    if into is not None and not (into == merged and number < merged):
        return InvalidContent("merging", number=number, into=into)
    if is_full_for(survivor, Role.AGENT):
        return RecordFull("survivor_full", number=number, most=LARGEST_RECORD)
    return None


def closed_survivor(number: str, merged_into: str | None) -> InvalidContent:
    """The refusal of a closed ticket, which may itself continue in another one."""
    if merged_into is not None:
        return InvalidContent("closed_merged", number=number, following=merged_into)
    return InvalidContent("closed", number=number)


def accept_duplicates(state: TicketState, news: MergeNews) -> list[NewEvent]:
    """The requesters of the duplicates follow this ticket from now on.

    A repeated request has no effect. The description is left out if there is no room for what
    requesters write.
    """
    merged = news.duplicates[0]
    if merged.number in state.merged_in:
        return []
    state.duplicates = [*state.duplicates, *news.duplicates][:MOST_DUPLICATES]
    has_room = len(news.description.encode()) < room_for(state, Role.REQUESTER)
    data: dict[str, JsonValue] = {
        "number": merged.number,
        "requester": merged.requester.name,
        "follows": merged in state.duplicates,
        "reason": news.reason,
        "subject": news.subject,
        "description": news.description if has_room else None,
    }
    return [NewEvent(EventType.MERGED_IN, data)]
