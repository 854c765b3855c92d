"""What an action needs besides the right role and stage.

`CONDITIONS` are about the ticket alone, so `allowed_actions` knows them too: a list of
(message, predicate) for each action. The checks below them are about what the action says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from policies.coverage.verdict import Decision
from policies.terms.ticket_terms import ReasonTerms
from policies.vocabulary import (
    Action,
    ClosedAs,
    EventType,
    NoticeStatus,
    Outcome,
    Role,
    Stage,
    Viewpoint,
    WaitingOn,
)
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.shared.refusals import InvalidContent, Refusal, WrongRole
from workflows.ticket.model.action_inputs import (
    Assign,
    ChangeRevision,
    Close,
    ConcludeTriage,
    Merge,
    Reclassify,
    RecordReview,
    Respond,
    ShareForecast,
)
from workflows.ticket.model.refusals import ConditionUnmet
from workflows.ticket.model.revisions import is_under
from workflows.ticket.model.state import TURNED_DOWN, TicketState

FARTHEST_FORECAST = timedelta(days=2 * 365)
"""How far ahead engineering may say that it begins: well within the years that are pinned."""

Predicate = Callable[[TicketState], bool]


@dataclass(frozen=True)
class Condition:
    """What a ticket must be like for an action, and the phrase for whoever tries too early."""

    holds: Predicate
    otherwise: str
    until: Callable[[TicketState], datetime | None] = lambda _: None

    def refusal(self, ticket: TicketState, clause: str | None) -> ConditionUnmet:
        """Why not, and until when it was possible where it was."""
        refusal, until = ConditionUnmet(self.otherwise, clause), self.until(ticket)
        if until is not None:
            refusal.others = [ConditionUnmet("possible_until", until=ticket.desk_local(until))]
        return refusal

    @property
    def says(self) -> str:
        """What they are told, in English."""
        return str(ConditionUnmet(self.otherwise))


CONDITIONS: dict[Action, tuple[Condition, ...]] = {
    Action.ACKNOWLEDGE: (Condition(lambda t: not _is_acknowledged(t), "acknowledged"),),
    Action.SHARE_FORECAST: (Condition(lambda t: t.is_reviewed, "not_reviewed"),),
    Action.RAISE_LEVEL: (Condition(lambda t: t.next_level is not None, "no_level"),),
    Action.OVERRIDE_VERDICT: (
        Condition(lambda t: t.override is None, "overridden"),
        Condition(lambda t: t.contest_until is not None or _needs_facts(t), "nothing_open"),
        Condition(
            lambda t: t.is_contestable or _needs_facts(t),
            "refusal_stands",
            until=lambda t: t.contest_until,
        ),
    ),
    Action.RECLASSIFY: (Condition(lambda t: bool(t.terms.priorities), "no_priorities"),),
}


WITHOUT_TERMS = frozenset(
    {
        Action.ACKNOWLEDGE,
        Action.ASSIGN,
        Action.RESPOND,
        Action.REQUEST_INFORMATION,
        Action.PROVIDE_INFORMATION,
        Action.POST_UPDATE,
        Action.RESOLVE,
        Action.REOPEN,
        Action.CLOSE,
        Action.WITHDRAW,
        Action.MERGE,
    }
)
"""What people can do on a ticket while its contract cannot be looked up."""
TERMS_FIRST = Condition(lambda t: t.terms.is_settled, "terms_unsettled")


_ALL_CONDITIONS: dict[Action, tuple[Condition, ...]] = {
    action: (*(() if action in WITHOUT_TERMS else (TERMS_FIRST,)), *CONDITIONS.get(action, ()))
    for action in Action
}


def is_possible(ticket: TicketState, action: Action) -> bool:
    """Whether the ticket is ready for an action, whatever that would say."""
    return _first_unmet(ticket, action) is None


def check_requirements(
    ticket: TicketState, action: Action, act: ActionRequest[ActionInput], at: datetime
) -> None:
    """Returns when nothing is missing; raises the Refusal that says what is."""
    unmet = _first_unmet(ticket, action)
    if unmet is not None:
        raise unmet.refusal(ticket, clause_of(ticket, action))
    check_content = _CONTENT_CHECKS.get(type(act.content))
    objection = check_content(ticket, act, at) if check_content else None
    if objection is not None:
        raise objection


def clause_of(ticket: TicketState, action: Action) -> str | None:
    """The clause of the policy that an action follows from, where it names one."""
    clause = ticket.terms.process.clauses.get(action)
    if action is Action.OVERRIDE_VERDICT and clause is None:
        return next(iter(ticket.verdict.clauses), None)
    return clause


def undelivered(ticket: TicketState) -> tuple[str, ...]:
    """Audiences that must have been told before triage ends, and have not been."""
    escalated = next((e for e in reversed(ticket.events) if e.type is EventType.ESCALATED), None)
    if escalated is None:
        return ()
    told = {
        notice.audience
        for notice in ticket.notices
        if notice.event == escalated.seq and notice.status is NoticeStatus.SENT
    }
    return tuple(a for a in ticket.terms.process.told_before_conclusion if a not in told)


def _first_unmet(ticket: TicketState, action: Action) -> Condition | None:
    for condition in _ALL_CONDITIONS[action]:
        if not condition.holds(ticket):
            return condition
    return None


def _is_acknowledged(ticket: TicketState) -> bool:
    """Since it came in, or was taken on after all."""
    seen = (kind for event in reversed(ticket.events) for kind in event.counts_as)
    told = (EventType.ACKNOWLEDGED, EventType.OPENED)
    return next((kind for kind in seen if kind in told), None) is EventType.ACKNOWLEDGED


def _needs_facts(ticket: TicketState) -> bool:
    return ticket.is_active and ticket.verdict.decision is Decision.NEEDS_FACTS


def _check_respond(
    ticket: TicketState, act: ActionRequest[Respond], _at: datetime
) -> Refusal | None:
    outcomes, clause = act.content.outcomes, clause_of(ticket, Action.RESPOND)
    possible = ticket.terms.process.outcomes
    if not outcomes:
        return InvalidContent("no_outcome", clause, choices=possible)
    if len(set(outcomes)) < len(outcomes):
        return InvalidContent("outcome_twice", clause)
    if any(outcome not in possible for outcome in outcomes):
        return InvalidContent("wrong_outcome", clause, choices=possible)
    if Outcome.INFORMATION_REQUEST in outcomes and not act.content.questions:
        return InvalidContent("no_question", clause)
    if act.content.questions and Outcome.INFORMATION_REQUEST not in outcomes:
        return InvalidContent("question_alone", clause, outcome=Outcome.INFORMATION_REQUEST)
    return None


def _check_assign(ticket: TicketState, act: ActionRequest[Assign], _at: datetime) -> Refusal | None:
    keep = ticket.terms.process.keep_assigned
    if act.content.assignee is None and ticket.priority in keep:
        return InvalidContent("keep_assigned", clause_of(ticket, Action.ASSIGN))
    return None


def _check_conclude(
    ticket: TicketState, act: ActionRequest[ConcludeTriage], _at: datetime
) -> Refusal | None:
    untold = undelivered(ticket)
    if untold and not act.content.undelivered:
        clause = clause_of(ticket, Action.CONCLUDE_TRIAGE)
        return ConditionUnmet("undelivered", clause, audiences=untold)
    return None


def _check_review(
    ticket: TicketState, act: ActionRequest[RecordReview], _at: datetime
) -> Refusal | None:
    clause = clause_of(ticket, Action.RECORD_REVIEW)
    forecast, viewpoint = ticket.terms.process.forecast, act.content.viewpoint
    if forecast is None or viewpoint not in forecast.viewpoints:
        return InvalidContent("no_such_review", clause, viewpoint=viewpoint)
    own = Viewpoint.PRODUCT if act.actor.role is Role.PRODUCT else Viewpoint.ENGINEERING
    if viewpoint is not own:
        return WrongRole("not_your_review", clause, role=act.actor.role, viewpoint=own)
    if act.content.priority not in forecast.priorities:
        has = ticket.terms.listed("review", forecast.priorities)
        return InvalidContent("wrong_priority", clause, choices=has)
    return None


def _check_forecast(
    ticket: TicketState, act: ActionRequest[ShareForecast], at: datetime
) -> Refusal | None:
    content, clause = act.content, clause_of(ticket, Action.SHARE_FORECAST)
    if content.begins_by is not None and not content.reason:
        return InvalidContent("date_unexplained", clause)
    calendar = ticket.terms.desk_calendar
    today = calendar.local_date(at) if calendar else at.date()
    last = today + FARTHEST_FORECAST
    if content.begins_by and not today <= content.begins_by <= last:
        return InvalidContent(
            "date_out_of_reach", clause, day=content.begins_by, first=today, last=last
        )
    return None


def _check_reclassify(
    ticket: TicketState, act: ActionRequest[Reclassify], _at: datetime
) -> Refusal | None:
    priority, terms = act.content.priority, ticket.terms
    if priority not in terms.priorities:
        return InvalidContent("wrong_priority", choices=terms.listed("priority", terms.priorities))
    if priority == ticket.priority:
        [shown] = terms.listed("priority", [priority])
        return InvalidContent("same_priority", priority=shown)
    return None


def _check_revision(
    ticket: TicketState, act: ActionRequest[ChangeRevision], _at: datetime
) -> Refusal | None:
    now, then = ticket.terms, act.content.terms
    if not then.is_settled:
        return InvalidContent("unsettled_terms")
    if (then.policy, then.account) != (now.policy, now.account):
        return InvalidContent(
            "other_terms",
            policy=now.policy,
            account=now.account,
            other_policy=then.policy,
            other_account=then.account,
        )
    if is_under(ticket, then):
        return InvalidContent("same_terms", policy=now.policy, revision=now.revision)
    if then.priorities and ticket.priority and ticket.priority not in then.priorities:
        return InvalidContent(
            "priority_gone",
            priority=now.listed("priority", [ticket.priority]),
            revision=then.revision,
            choices=then.listed("priority", then.priorities),
        )
    return None


def _check_close(ticket: TicketState, act: ActionRequest[Close], _at: datetime) -> Refusal | None:
    content = act.content
    if content.closed_as is ClosedAs.RESOLVED and ticket.stage is not Stage.RESOLVED:
        return ConditionUnmet("not_resolved")
    if content.closed_as is ClosedAs.NO_REPLY and ticket.waiting_on is not WaitingOn.REQUESTER:
        return ConditionUnmet("not_waiting")
    if content.closed_as is ClosedAs.DUPLICATE:
        return InvalidContent("duplicate")
    if content.closed_as in TURNED_DOWN:
        return _check_not_covered(ticket, content)
    if content.closed_as is not ClosedAs.RESOLVED and not content.reason:
        return InvalidContent("no_reason", closed_as=content.closed_as)
    return None


def _check_not_covered(ticket: TicketState, content: Close) -> Refusal | None:
    reason = ticket.terms.reasons.get(content.reason)
    if reason is not None:
        return _check_reason(content, reason)
    clauses, closed_as = tuple(ticket.terms.exclusions), content.closed_as
    reasons = [name for name, r in ticket.terms.reasons.items() if r.closed_as is closed_as]
    if content.clause is None and reasons:
        return InvalidContent(
            "no_reason_of_policy",
            closed_as=closed_as,
            reason=content.reason,
            choices=reasons,
            clauses=clauses,
        )
    if not clauses:
        return InvalidContent("no_clauses", closed_as=closed_as)
    if content.clause not in clauses:
        return InvalidContent("no_clause", closed_as=closed_as, clauses=clauses)
    if not content.reason:
        return InvalidContent("no_reason_told", content.clause)
    return None


def _check_reason(content: Close, reason: ReasonTerms) -> Refusal | None:
    if content.closed_as is not reason.closed_as:
        return InvalidContent(
            "reason_closes_as",
            reason.clause,
            reason=content.reason,
            right=reason.closed_as,
            closed_as=content.closed_as,
        )
    if content.clause not in (None, reason.clause):
        return InvalidContent(
            "reason_of_clause",
            reason.clause,
            reason=content.reason,
            own=reason.clause,
            other=content.clause,
        )
    return None


def _check_merge(ticket: TicketState, act: ActionRequest[Merge], _at: datetime) -> Refusal | None:
    if act.content.into == ticket.opening.number:
        return InvalidContent("merged_into_itself")
    return None


_CONTENT_CHECKS: dict[
    type[ActionInput], Callable[[TicketState, ActionRequest[Any], datetime], Refusal | None]
] = {
    Respond: _check_respond,
    Assign: _check_assign,
    ConcludeTriage: _check_conclude,
    RecordReview: _check_review,
    ShareForecast: _check_forecast,
    Reclassify: _check_reclassify,
    ChangeRevision: _check_revision,
    Close: _check_close,
    Merge: _check_merge,
}
