"""The shape of a row in the action table, and the sets of roles and stages that rows use.

Each area file (`response.py`, `triage.py`, ...) holds the input models, guards and effects of its
actions, and ends with its rows. `table.py` puts the rows of all areas together.
"""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from policies.terms.model.process import ProcessTerms
from policies.vocabulary import Action, Role, Stage
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.shared.refusals import Refusal
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.model.refusals import ConditionUnmet
from workflows.ticket.state.ticket_state import TicketState

REQUESTER = (Role.REQUESTER, Role.SERVICE)
"""The requester, and a backend that acts for requesters."""
OPEN = tuple(stage for stage in Stage if stage is not Stage.CLOSED)
ACTIVE = tuple(stage for stage in OPEN if stage is not Stage.RESOLVED)
ANSWERED = tuple(stage for stage in ACTIVE if stage is not Stage.RECEIVED)
CONTESTABLE = (*ACTIVE, Stage.CLOSED)
"""Stages in which a verdict can be overridden: it lacks facts, or it closed the ticket."""

Guard: TypeAlias = Callable[[TicketState, ActionRequest[Any], datetime], Refusal | None]
"""Checks the input of an action against the ticket; None when it fits."""
Effect: TypeAlias = Callable[[TicketState, ActionRequest[Any], datetime], list[NewEvent]]
"""Changes the state by a checked action and returns its events; clocks and notices follow those."""


@dataclass(frozen=True)
class Condition:
    """A property that a ticket must have for an action, and the phrase for the refusal if not.

    It can follow from the clause of another action, `under`.
    """

    holds: Callable[[TicketState], bool]
    otherwise: str
    until: Callable[[TicketState], datetime | None] = lambda _: None
    under: Action | None = None

    def refusal(self, ticket: TicketState, clause: str | None) -> ConditionUnmet:
        """The refusal, with the end of the period in which the action was possible, if any."""
        clause = clause_of(ticket, self.under) if self.under else clause
        refusal, until = ConditionUnmet(self.otherwise, clause), self.until(ticket)
        if until is not None:
            refusal.others = [ConditionUnmet("possible_until", until=ticket.local_time(until))]
        return refusal

    @property
    def says(self) -> str:
        """The text of the refusal, in English."""
        return str(ConditionUnmet(self.otherwise))


TERMS_FIRST = Condition(lambda t: t.terms.is_settled, "terms_unsettled")
NOT_MERGING = Condition(lambda t: t.merging_into is None, "being_merged")
"""Of every action that can close a ticket: one on its way into another is closed by that only."""


@dataclass(frozen=True)
class ActionRule:
    """One action of a ticket: the roles that may take it, its stages, and its effect.

    `to` has the stages to which the action can lead: from every stage of `within`, or only from
    those of `leaves` if given. Without `to`, the stage stays. `narrowed_by` returns the roles that
    a policy allows, `narrowed_to` the stages, and `declared` whether a policy has the part of the
    process that the action belongs to. An action `without_terms` is possible while the
    contract cannot be read.
    `example` is a request body for the API description.
    """

    input: type[ActionInput]
    by: tuple[Role, ...]
    within: tuple[Stage, ...]
    effect: Effect
    to: tuple[Stage, ...] = ()
    leaves: tuple[Stage, ...] = ()
    conditions: tuple[Condition, ...] = ()
    guard: Guard | None = None
    narrowed_by: Callable[[ProcessTerms], Container[Role]] | None = None
    narrowed_to: Callable[[TicketState], Container[Stage]] | None = None
    declared: Callable[[ProcessTerms], bool] | None = None
    without_terms: bool = False
    example: Mapping[str, Any] = field(default_factory=dict)

    def exists(self, terms: ProcessTerms) -> bool:
        """Whether a policy has the action: it declares its part of the process, and has a stage to
        take it in, and one that it leads to.
        """
        if self.declared is not None and not self.declared(terms):
            return False
        leads_on = not self.to or any(stage in terms.stages for stage in self.to)
        return leads_on and any(stage in terms.stages for stage in self.within)

    def roles(self, terms: ProcessTerms) -> tuple[Role, ...]:
        """The roles that may take the action under a policy."""
        if self.narrowed_by is None:
            return self.by
        allowed = self.narrowed_by(terms)
        return tuple(
            role
            for role in self.by
            if role in allowed or (role in REQUESTER and REQUESTER[0] in allowed)
        )

    def stages(self, ticket: TicketState) -> tuple[Stage, ...]:
        """The stages in which the action can be taken on this ticket."""
        of_policy = ticket.terms.process.stages
        narrowed = self.narrowed_to(ticket) if self.narrowed_to else of_policy
        return tuple(s for s in self.within if s in of_policy and s in narrowed)

    def is_within(self, ticket: TicketState) -> bool:
        """Whether the action exists in the stage of the ticket."""
        if ticket.stage not in self.within:
            return False
        return self.narrowed_to is None or ticket.stage in self.narrowed_to(ticket)

    def unmet(self, ticket: TicketState) -> Condition | None:
        """The first condition that the ticket does not meet."""
        if not self.without_terms and not TERMS_FIRST.holds(ticket):
            return TERMS_FIRST
        for condition in self.conditions:
            if not condition.holds(ticket):
                return condition
        return None


def clause_of(ticket: TicketState, action: Action) -> str | None:
    """The clause of the policy that an action follows from, where it names one."""
    clause = ticket.terms.process.clauses.get(action)
    if action is Action.OVERRIDE_VERDICT and clause is None:
        return next(iter(ticket.verdict.clauses), None)
    return clause
