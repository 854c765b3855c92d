"""Merges: the news that a merged ticket sends, and its effect on the surviving ticket."""

from pydantic import JsonValue

from policies.vocabulary import EventType
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.model.messages import Duplicate, MergeNews
from workflows.ticket.model.state import TicketState

MOST_DUPLICATES = 50
"""Duplicates whose requesters follow a ticket. Each adds an e-mail for every progress notice."""


def merge_news(state: TicketState) -> MergeNews:
    """The news of a merged ticket for the surviving one."""
    merged = next(state.events_of(EventType.MERGED))
    own = Duplicate(number=state.opening.number, requester=state.terms.contacts["requester"])
    return MergeNews(
        account=state.terms.account,
        by=merged.by,
        subject=state.opening.subject,
        description=state.opening.description,
        reason=str(merged.data.get("reason", "")),
        duplicates=(own, *state.duplicates),
    )


def accept_duplicates(state: TicketState, news: MergeNews) -> list[NewEvent]:
    """The requesters of the duplicates follow this ticket from now on.

    News that arrives twice has no effect. A ticket of another account is recorded, but its
    requester does not follow and its text is left out. A full ticket leaves out the description.
    """
    merged = news.duplicates[0]
    known = {state.opening.number, *(duplicate.number for duplicate in state.duplicates)}
    if merged.number in known:
        return []
    is_same_account = news.account == state.terms.account
    if is_same_account:
        new = [duplicate for duplicate in news.duplicates if duplicate.number not in known]
        state.duplicates = [*state.duplicates, *new][:MOST_DUPLICATES]
    data: dict[str, JsonValue] = {
        "number": merged.number,
        "requester": merged.requester.name,
        "follows": merged in state.duplicates,
        "reason": news.reason,
        "subject": news.subject if is_same_account else None,
        "description": news.description if is_same_account and not state.is_full else None,
    }
    return [NewEvent(EventType.MERGED_IN, data)]
