"""The way from the input of a ticket workflow to its ticket.

The API settles the terms before it starts a workflow. A request of another Temporal client is
settled here, by a local activity: within the first workflow task, so that a query or an update
after the start finds the ticket, and at the cost of one history event.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.terms_settlement import Settlements
from policies.terms.settlement import unsettled_terms
from policies.terms.settlement_request import Admission, SettlementRequest
from workflows.shared.activity_options import reason_of
from workflows.shared.input_refusals import InputRefused
from workflows.shared.markdown import plain
from workflows.shared.texts.phrases import PHRASES
from workflows.ticket.model.opening import Opening
from workflows.ticket.model.ticket_request import TicketStart
from workflows.ticket.runtime.ticket_input import decoded
from workflows.ticket.state.start import Start
from workflows.ticket.state.ticket_state import TicketState

TIMEOUT = timedelta(seconds=7)
"""How long the terms can take, within a workflow task of ten seconds. Then the ticket opens without
them, as over HTTP."""


class TicketAdmission:
    """One start: its ticket, at once or once it is admitted, or its refusal."""

    def __init__(self, start: RawValue) -> None:
        self.refusal: InputRefused | None = None
        self._input: Start | TicketStart | None = None
        try:
            self._input = decoded(start)
        except InputRefused as refused:
            self.refusal = refused

    @property
    def carried(self) -> TicketState | None:
        """The state of the run before."""
        return self._input.carried if isinstance(self._input, Start) else None

    @property
    def opening(self) -> Opening | None:
        """The opening whose terms the API has settled."""
        return self._input.opening if isinstance(self._input, Start) else None

    @property
    def details(self) -> str:
        """The start in Markdown, for the Temporal UI."""
        if self.refusal is None:
            return "The ticket is being opened."
        return f"Refused. {plain(self.refusal.message)}"

    async def admit(self) -> Opening:
        """Settles the terms of a request. Raises its refusal."""
        if self.refusal is not None:
            raise self.refusal
        assert isinstance(self._input, TicketStart)
        request, info = self._input, workflow.info()
        received_at = info.workflow_start_time
        admission = await self._admission(request.settlement_request(received_at))
        if admission.refused_as is not None:
            self.refusal = InputRefused(
                admission.refused_as, admission.objections, PHRASES.language(admission.locale)
            )
            raise self.refusal
        facts = request.ticket_facts
        terms = admission.terms or unsettled_terms(request.account, facts, received_at)
        number = info.workflow_id.rpartition("/")[2]
        return request.opening(number, request.by, terms, received_at)

    async def _admission(self, request: SettlementRequest) -> Admission:
        try:
            return await workflow.execute_local_activity_method(
                Settlements.admit,
                request,
                start_to_close_timeout=TIMEOUT,
                retry_policy=RetryPolicy(maximum_attempts=1),
                summary="terms of the ticket",
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.error("Terms will be settled later: %s", reason_of(error))
            return Admission()
