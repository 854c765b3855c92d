"""What each action does: the table of its effects, a function each.

An effect changes the state and says what became true. By the time it runs, `lifecycle.check` has
found the action possible. None of them reads a clock or sends anything: clocks and notices follow
from the facts returned.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from policies.vocabulary import Action
from workflows.shared.action_request import ActionRequest
from workflows.ticket.actions.closing import close, merge, reopen, resolve, withdraw
from workflows.ticket.actions.coverage import change_revision, override_verdict
from workflows.ticket.actions.engineering import (
    conclude_triage,
    hand_over,
    record_finding,
    record_review,
    schedule_release,
    share_forecast,
    start_engineering,
)
from workflows.ticket.actions.new_event import NewEvents
from workflows.ticket.actions.support import (
    acknowledge,
    assign,
    escalate,
    post_update,
    provide_information,
    raise_level,
    reclassify,
    request_information,
    respond,
)
from workflows.ticket.model.state import TicketState

EFFECTS: dict[Action, Callable[[TicketState, ActionRequest[Any], datetime], NewEvents]] = {
    Action.ACKNOWLEDGE: acknowledge,
    Action.ASSIGN: assign,
    Action.RESPOND: respond,
    Action.REQUEST_INFORMATION: request_information,
    Action.PROVIDE_INFORMATION: provide_information,
    Action.POST_UPDATE: post_update,
    Action.ESCALATE: escalate,
    Action.RECORD_FINDING: record_finding,
    Action.CONCLUDE_TRIAGE: conclude_triage,
    Action.HAND_OVER: hand_over,
    Action.RECORD_REVIEW: record_review,
    Action.SHARE_FORECAST: share_forecast,
    Action.START_ENGINEERING: start_engineering,
    Action.SCHEDULE_RELEASE: schedule_release,
    Action.RECLASSIFY: reclassify,
    Action.RAISE_LEVEL: raise_level,
    Action.OVERRIDE_VERDICT: override_verdict,
    Action.CHANGE_REVISION: change_revision,
    Action.RESOLVE: resolve,
    Action.REOPEN: reopen,
    Action.CLOSE: close,
    Action.WITHDRAW: withdraw,
    Action.MERGE: merge,
}
