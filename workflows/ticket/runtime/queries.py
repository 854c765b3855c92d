"""The queries of a ticket workflow: what callers and the Temporal UI read. They change nothing.

Before the ticket is open, and after its request was refused, there is nothing to read.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from temporalio import workflow

from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement_request import SettlementRequest
from policies.vocabulary import Role
from workflows.ticket.model.revision_preview import RevisionPreview
from workflows.ticket.model.views import EventView, TicketView
from workflows.ticket.process import views
from workflows.ticket.process.duties import DutySchedule
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.runtime.admission import TicketAdmission
from workflows.ticket.state.record import TicketRecord
from workflows.ticket.state.revisions import preview


class TicketQueries:
    """The part of the workflow class that answers queries."""

    ticket: Ticket
    duty_schedule: DutySchedule
    admission: TicketAdmission
    is_open: bool

    if TYPE_CHECKING:
        # Defined by the workflow, which works out what is due before it looks.
        def _caught_up(self, at: datetime) -> Ticket: ...

    @workflow.query(name="ticket", description="Everything about the ticket")
    def view(self, role: Role = Role.AGENT) -> TicketView | None:
        """The ticket, with the actions that are possible for this role; None before it is open, and
        for a request that was refused.
        """
        if not self.is_open:
            return None
        return views.view(self.ticket.state, role, self.duty_schedule)

    @workflow.query(name="timeline", description="The events of the ticket, oldest first")
    def timeline(self, role: Role = Role.AGENT) -> list[EventView]:
        """The events as this role sees them."""
        return views.timeline(self.ticket.state, role) if self.is_open else []

    @workflow.query(name="record", description="What a proof of the ticket is made from")
    def record(self, until: datetime) -> TicketRecord | None:
        """The whole record up to a time; None before the ticket is open, and for a request that was
        refused.
        """
        if not self.is_open:
            return None
        # What was due before the last event is performed, although its time was not awaited.
        ticket = self._caught_up(self.ticket.state.events[-1].at)
        duty = DutySchedule(ticket).next()
        return TicketRecord.of(ticket.state, duty.at if duty else None, until)

    @workflow.query(name="preview_revision", description="The effect that other terms would have")
    def preview_revision(self, terms: Terms) -> RevisionPreview:
        """The old and the new due time of every open clock, and the verdict; nothing changes."""
        return preview(self._caught_up(workflow.now()).state, terms, workflow.now())

    @workflow.query(name="handled", description="The fingerprint of an action that was taken")
    def handled(self, action_id: str) -> str | None:
        """The fingerprint of the action with this id; None if none was taken."""
        return self.ticket.state.handled.get(action_id) if self.is_open else None

    def details(self) -> str:
        """The ticket in Markdown, for the Temporal UI, which `ui_details.py` renders on query."""
        if not self.is_open:
            return self.admission.details
        next_duty = self.duty_schedule.next()
        next_step = (next_duty.summary, next_duty.at) if next_duty else None
        return views.details(self.ticket.state, next_step)

    @workflow.query(name="request", description="The request that the terms are settled from")
    def request(self) -> SettlementRequest | None:
        """The request as it was received, with the facts given since."""
        if not self.is_open:
            return None
        state = self.ticket.state
        request = state.opening.request
        return request and request.model_copy(update={"facts": state.facts})
