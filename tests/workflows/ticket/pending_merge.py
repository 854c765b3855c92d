"""A merge of two tickets without a server, step by step, as the workflow and its activity do it."""

from typing import Any

from policies.vocabulary import Action
from tests.harness import AGENT
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.action_request import ActionRequest
from workflows.shared.refusals import Refusal
from workflows.ticket.actions.closing import Merge
from workflows.ticket.process.duties import catch_up_before


class PendingMerge:
    """A merge of one ticket into another. Every step can be repeated, as the activity can be."""

    def __init__(self, merging: TicketDriver, survivor: TicketDriver, **inputs: Any) -> None:
        self.merging, self.survivor = merging, survivor
        content = Merge(into=survivor.number, **{"reason": "Sent twice.", **inputs})
        self.request = ActionRequest[Merge](id="merge", actor=AGENT, content=content)
        self.refusal: Refusal | None = None
        self.is_answered = False

    def begin(self) -> "PendingMerge":
        """The merging ticket accepts the request, or raises its Refusal."""
        catch_up_before(self.merging.ticket, self.merging.now)
        self.merging.ticket.check(Action.MERGE, self.request, self.merging.now)
        self.merging.ticket.begin_merge(self.survivor.number)
        return self

    def ask(self) -> None:
        """The survivor decides."""
        self.refusal, self.is_answered = None, True
        news = self.merging.ticket.merge_news(self.request)
        catch_up_before(self.survivor.ticket, self.survivor.now)
        try:
            self.survivor.ticket.check_duplicate(news)
            self.survivor.ticket.merge_in(news, self.survivor.now)
        except Refusal as refusal:
            self.refusal = refusal

    def end(self) -> None:
        """The merging ticket gets the answer: it closes, or is as before."""
        if self.refusal is None:
            at = self.merging.ticket.stands_at(self.request, self.merging.now)
            self.merging.ticket.act(Action.MERGE, self.request, at)
        self.merging.ticket.end_merge()

    def complete(self) -> "PendingMerge":
        """All steps; raises the Refusal of either ticket."""
        self.begin()
        self.ask()
        self.end()
        if self.refusal is not None:
            raise self.refusal
        return self
