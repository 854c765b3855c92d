"""What an action needs besides the right role and stage.

`CONDITIONS` are about the ticket alone, so `allowed_actions` knows them too: a list of
(message, predicate) for each action. The checks below them are about what the action says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from policies.terms import ReasonTerms
from policies.verdicts import Decision
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
from workflows.ticket.contents import (
    Assign,
    ChangeRevision,
    Close,
    ConcludeTriage,
    Content,
    Merge,
    Reclassify,
    RecordReview,
    Respond,
    ShareForecast,
)
from workflows.ticket.messages import Act
from workflows.ticket.refusals import ConditionUnmet, InvalidContent, Refusal, WrongRole
from workflows.ticket.revisions import is_under
from workflows.ticket.state import TURNED_DOWN, TicketState

FARTHEST_FORECAST = timedelta(days=2 * 365)
"""How far ahead engineering may say that it begins: well within the years that are pinned."""

Predicate = Callable[[TicketState], bool]


@dataclass(frozen=True)
class Condition:
    """What a ticket must be like for an action, and what to tell whoever tries too early."""

    holds: Predicate
    otherwise: str
    until: Callable[[TicketState], datetime | None] = lambda _: None

    def objection(self, ticket: TicketState) -> str:
        """Why not, and until when it was possible where it was."""
        until = self.until(ticket)
        if until is None:
            return self.otherwise
        return f"{self.otherwise}; this was possible until {ticket.shown(until)}"


CONDITIONS: dict[Action, tuple[Condition, ...]] = {
    Action.ACKNOWLEDGE: (
        Condition(lambda t: not _is_acknowledged(t), "the ticket is acknowledged already"),
    ),
    Action.SHARE_FORECAST: (
        Condition(
            lambda t: t.is_reviewed,
            "a forecast rests on both priorities; record the reviews that are missing first",
        ),
    ),
    Action.RAISE_LEVEL: (
        Condition(lambda t: t.next_level is not None, "there is no further level to raise it to"),
    ),
    Action.OVERRIDE_VERDICT: (
        Condition(lambda t: t.override is None, "the verdict was overridden before"),
        Condition(
            lambda t: t.contest_until is not None or _needs_facts(t),
            "nothing about coverage is open on this ticket",
        ),
        Condition(
            lambda t: t.is_contestable or _needs_facts(t),
            "the refusal stands",
            until=lambda t: t.contest_until,
        ),
    ),
    Action.RECLASSIFY: (
        Condition(lambda t: bool(t.terms.priorities), "this policy has no priorities"),
    ),
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
TERMS_FIRST = Condition(
    lambda t: t.terms.is_settled, "the terms of this ticket have not been settled yet"
)


def is_possible(ticket: TicketState, action: Action) -> bool:
    """Whether the ticket is ready for an action, whatever that would say."""
    return all(condition.holds(ticket) for condition in _conditions(ticket, action))


def check_requirements(
    ticket: TicketState, action: Action, act: Act[Content], at: datetime
) -> None:
    """Returns when nothing is missing; raises the Refusal that says what is."""
    for condition in _conditions(ticket, action):
        if not condition.holds(ticket):
            raise ConditionUnmet(condition.objection(ticket), clause_of(ticket, action))
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


def _conditions(ticket: TicketState, action: Action) -> tuple[Condition, ...]:
    own = CONDITIONS.get(action, ())
    return own if action in WITHOUT_TERMS else (TERMS_FIRST, *own)


def _is_acknowledged(ticket: TicketState) -> bool:
    """Since it came in, or was taken on after all."""
    seen = (kind for event in reversed(ticket.events) for kind in event.counts_as)
    told = (EventType.ACKNOWLEDGED, EventType.OPENED)
    return next((kind for kind in seen if kind in told), None) is EventType.ACKNOWLEDGED


def _needs_facts(ticket: TicketState) -> bool:
    return ticket.is_active and ticket.verdict.decision is Decision.NEEDS_FACTS


def _check_respond(ticket: TicketState, act: Act[Respond], _at: datetime) -> Refusal | None:
    outcomes, clause = act.content.outcomes, clause_of(ticket, Action.RESPOND)
    possible = ", ".join(ticket.terms.process.outcomes)
    if not outcomes:
        return InvalidContent(f"a first response is one or more of: {possible}", clause)
    if len(set(outcomes)) < len(outcomes):
        return InvalidContent("each outcome stands in a response once at most", clause)
    if any(outcome not in ticket.terms.process.outcomes for outcome in outcomes):
        return InvalidContent(f"this policy has these outcomes: {possible}", clause)
    if Outcome.INFORMATION_REQUEST in outcomes and not act.content.questions:
        return InvalidContent("an information request asks at least one question", clause)
    if act.content.questions and Outcome.INFORMATION_REQUEST not in outcomes:
        return InvalidContent("questions need the outcome information_request", clause)
    return None


def _check_assign(ticket: TicketState, act: Act[Assign], _at: datetime) -> Refusal | None:
    keep = ticket.terms.process.keep_assigned
    if act.content.assignee is None and ticket.priority in keep:
        return InvalidContent(
            "this ticket stays assigned until it is resolved; name the next assignee",
            clause_of(ticket, Action.ASSIGN),
        )
    return None


def _check_conclude(ticket: TicketState, act: Act[ConcludeTriage], _at: datetime) -> Refusal | None:
    untold = undelivered(ticket)
    if untold and not act.content.undelivered:
        who = " and ".join(untold)
        return ConditionUnmet(
            f"the escalation notice to {who} has not been delivered; "
            "say in `undelivered` why triage may end all the same",
            clause_of(ticket, Action.CONCLUDE_TRIAGE),
        )
    return None


def _check_review(ticket: TicketState, act: Act[RecordReview], _at: datetime) -> Refusal | None:
    clause = clause_of(ticket, Action.RECORD_REVIEW)
    forecast = ticket.terms.process.forecast
    if forecast is None or act.content.viewpoint not in forecast.viewpoints:
        return InvalidContent(f"this policy asks for no {act.content.viewpoint} review", clause)
    own = Viewpoint.PRODUCT if act.actor.role is Role.PRODUCT else Viewpoint.ENGINEERING
    if act.content.viewpoint is not own:
        return WrongRole(f"{act.actor.role} gives the {own} priority", clause)
    if act.content.priority not in forecast.priorities:
        return InvalidContent(f"priority is one of {', '.join(forecast.priorities)}", clause)
    return None


def _check_forecast(ticket: TicketState, act: Act[ShareForecast], at: datetime) -> Refusal | None:
    content = act.content
    if content.begins_by is not None and not content.reason:
        return InvalidContent(
            "a date of your own needs a reason; leave begins_by out to take the proposed one",
            clause_of(ticket, Action.SHARE_FORECAST),
        )
    calendar = ticket.terms.desk_calendar
    today = calendar.local_date(at) if calendar else at.date()
    if content.begins_by and not today <= content.begins_by <= today + FARTHEST_FORECAST:
        return InvalidContent(
            f"begins_by {content.begins_by} is not a day from {today} to "
            f"{today + FARTHEST_FORECAST}",
            clause_of(ticket, Action.SHARE_FORECAST),
        )
    return None


def _check_reclassify(ticket: TicketState, act: Act[Reclassify], _at: datetime) -> Refusal | None:
    if act.content.priority not in ticket.terms.priorities:
        return InvalidContent(f"priority is one of {', '.join(ticket.terms.priorities)}")
    if act.content.priority == ticket.priority:
        return InvalidContent(f"the ticket is {ticket.priority} already")
    return None


def _check_revision(ticket: TicketState, act: Act[ChangeRevision], _at: datetime) -> Refusal | None:
    now, then = ticket.terms, act.content.terms
    if not then.is_settled:
        return InvalidContent("these terms are not settled")
    if (then.policy, then.account) != (now.policy, now.account):
        return InvalidContent(
            f"the ticket is under {now.policy} for {now.account} and stays so; "
            f"these are terms of {then.policy} for {then.account}"
        )
    if is_under(ticket, then):
        return InvalidContent(
            f"the ticket is under these terms already: {now.policy} of {now.revision}"
        )
    if then.priorities and ticket.priority and ticket.priority not in then.priorities:
        has = ", ".join(then.priorities)
        return InvalidContent(
            f"the ticket is {ticket.priority}, and the revision of {then.revision} has {has}; "
            "reclassify it first"
        )
    return None


def _check_close(ticket: TicketState, act: Act[Close], _at: datetime) -> Refusal | None:
    content = act.content
    if content.closed_as is ClosedAs.RESOLVED and ticket.stage is not Stage.RESOLVED:
        return ConditionUnmet("resolve the ticket before closing it as resolved")
    if content.closed_as is ClosedAs.NO_REPLY and ticket.waiting_on is not WaitingOn.REQUESTER:
        return ConditionUnmet("no_reply is for tickets that wait on the requester")
    if content.closed_as is ClosedAs.DUPLICATE:
        return InvalidContent("use merge to close a duplicate: it names the ticket that goes on")
    if content.closed_as in TURNED_DOWN:
        return _check_not_covered(ticket, content)
    if content.closed_as is not ClosedAs.RESOLVED and not content.reason:
        return InvalidContent(f"closing as {content.closed_as} needs a reason")
    return None


def _check_not_covered(ticket: TicketState, content: Close) -> Refusal | None:
    reason = ticket.terms.reasons.get(content.reason)
    if reason is not None:
        return _check_reason(content, reason)
    clauses = ", ".join(ticket.terms.exclusions) or "none"
    reasons = [n for n, r in ticket.terms.reasons.items() if r.closed_as is content.closed_as]
    if content.clause is None and reasons:
        return InvalidContent(
            f'{content.closed_as} rests on a reason of the policy, and "{content.reason}" is none; '
            f"it has: {', '.join(reasons)}; or name the clause, one of: {clauses}"
        )
    if content.clause not in ticket.terms.exclusions:
        return InvalidContent(f"{content.closed_as} rests on a clause; this policy has: {clauses}")
    if not content.reason:
        return InvalidContent("the requester is told why: give a reason", content.clause)
    return None


def _check_reason(content: Close, reason: ReasonTerms) -> Refusal | None:
    if content.closed_as is not reason.closed_as:
        return InvalidContent(
            f"{content.reason} is a reason to close as {reason.closed_as}, not {content.closed_as}",
            reason.clause,
        )
    if content.clause not in (None, reason.clause):
        return InvalidContent(
            f"{content.reason} rests on the clause {reason.clause}, not on {content.clause}",
            reason.clause,
        )
    return None


def _check_merge(ticket: TicketState, act: Act[Merge], _at: datetime) -> Refusal | None:
    if act.content.into == ticket.opening.number:
        return InvalidContent("a ticket cannot be merged into itself")
    return None


_CONTENT_CHECKS: dict[
    type[Content], Callable[[TicketState, Act[Any], datetime], Refusal | None]
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
