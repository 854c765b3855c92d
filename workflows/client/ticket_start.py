"""The start of a ticket workflow: its id, and what lists and the UI of Temporal show of it."""

from typing import Any

from temporalio.client import WithStartWorkflowOperation
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)

from policies.terms.model.ticket_terms import Terms
from workflows.shared.markdown import plain
from workflows.temporal.connection import TASK_QUEUE, ticket_workflow_id
from workflows.ticket.model.opening import Opening
from workflows.ticket.process import views
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.runtime.search_attributes import opening_memo, search_attributes
from workflows.ticket.state.start import Start
from workflows.ticket.workflow import TicketWorkflow

LEAST_URGENT = 5
"""The largest priority key of a Temporal server by default."""


def start_operation(
    opening: Opening, task_queue: str = TASK_QUEUE
) -> WithStartWorkflowOperation[TicketWorkflow, Any]:
    """Starts a ticket workflow. Each number starts one, even after that has ended."""
    return WithStartWorkflowOperation(
        TicketWorkflow.run,
        Start(opening=opening),
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        **start_options(opening, task_queue),
    )


def start_options(opening: Opening, task_queue: str = TASK_QUEUE) -> dict[str, Any]:
    """The start options of a ticket workflow: id, task queue, search attributes, memo, summary.

    The search attributes are those of the opened ticket, so that lists have it at once and the
    workflow does not set them again.
    """
    state = Ticket.open(opening).state
    pairs = search_attributes(views.attributes(state))
    return {
        "id": ticket_workflow_id(opening.number),
        "task_queue": task_queue,
        "id_reuse_policy": WorkflowIDReusePolicy.REJECT_DUPLICATE,
        "search_attributes": TypedSearchAttributes(
            [SearchAttributePair(key, value) for key, value in pairs if value is not None]
        ),
        "memo": opening_memo(state),
        "static_summary": plain(views.headline(state)),
        "priority": Priority(
            priority_key=_urgency(opening.terms), fairness_key=opening.terms.account
        ),
    }


def _urgency(terms: Terms) -> int | None:
    """1 for the first priority of the policy, the most urgent, up to 5 for the fifth and later."""
    if terms.priority not in terms.priorities:
        return None
    return min(terms.priorities.index(terms.priority) + 1, LEAST_URGENT)
