"""The parameters of the lifecycle of a ticket: its stages, milestones, levels and pauses."""

from collections.abc import Mapping

from pydantic import Field

from policies.business_time.durations import Duration, DurationText
from policies.terms.model.pinned import Pinned, Sparse
from policies.terms.model.table_rows import AudiencesTable, row_values
from policies.vocabulary import (
    Action,
    Ending,
    LevelOrder,
    Outcome,
    Role,
    Stage,
    Viewpoint,
)


class PauseTerms(Sparse):
    """A reason of the policy's own for which clocks pause: the events that start and stop it."""

    starts: tuple[str, ...]
    stops: tuple[str, ...]


class MilestoneTerms(Sparse):
    """A milestone that the roles `by` can record."""

    says: str
    by: tuple[Role, ...]
    clause: str


class LevelTerms(Sparse):
    """One management level to which this ticket can be raised. `audiences` has the audience at each
    priority where it differs; None where the level has nobody.
    """

    audience: str
    says: str
    clause: str
    audiences: dict[str, str | None] = Field(default_factory=dict)

    def audience_at(self, priority: str | None) -> str | None:
        """Who is told when a ticket of this priority is raised to the level, if anybody."""
        audience = self.audiences.get(priority or "", self.audience)
        return audience or None

    @property
    def names(self) -> frozenset[str]:
        """Every audience that it can have."""
        return frozenset(filter(None, (self.audience, *self.audiences.values())))


class Step(Pinned):
    """One step of the triage checklist."""

    id: str
    does: str


class ForecastTerms(Pinned):
    """The viewpoints required for a forecast, and the windows their priorities propose."""

    viewpoints: tuple[Viewpoint, ...]
    priorities: tuple[str, ...]
    windows: dict[str, dict[str, DurationText]]
    clause: str

    def window(self, engineering: str, product: str) -> Duration:
        """The proposed time within which work begins, for these two priorities."""
        return self.windows[engineering][product]


class ProcessTerms(Sparse):
    """The parameters of the lifecycle; `clauses` has the clause of each action.

    A ticket has the `stages` of its policy and no others, and a first response its `outcomes`.
    """

    stages: tuple[Stage, ...] = tuple(Stage)
    outcomes: tuple[Outcome, ...] = tuple(Outcome)
    escalate_by: tuple[Role, ...] = (Role.AGENT,)
    told_before_conclusion: tuple[str, ...] = ()
    checklist: tuple[Step, ...] = ()
    automatic_handoff: bool = True
    forecast: ForecastTerms | None = None
    closing_after: DurationText | None = None
    reopen_by: dict[str, str] = Field(default_factory=dict)
    """The channels by which a ticket can be re-opened that was resolved for want of an answer."""
    contest_within: DurationText | None = None
    idle_after: DurationText | None = None
    idle_tell: tuple[str, ...] = ("assignee",)
    idle_tell_by: AudiencesTable | None = None
    """The audiences of idle tickets by priority and facts, if they depend on these."""
    keep_assigned: tuple[str, ...] = ()
    levels: tuple[LevelTerms, ...] = ()
    raise_level_by: tuple[Role, ...] = ()
    level_order: LevelOrder = LevelOrder.LADDER
    raise_after: tuple[Ending, ...] = ()
    no_reply_by: tuple[Role, ...] = (Role.AGENT,)
    no_reply_clause: str | None = None
    classify_by: tuple[Role, ...] = ()
    workaround_by: tuple[Role, ...] = ()
    estimate_by: tuple[Role, ...] = ()
    milestones: dict[str, MilestoneTerms] = Field(default_factory=dict)
    pauses: dict[str, PauseTerms] = Field(default_factory=dict)
    """The reasons of the policy's own for which clocks pause."""
    clauses: dict[Action, str] = Field(default_factory=dict)

    def idle_audiences(self, priority: str | None, facts: Mapping[str, str]) -> tuple[str, ...]:
        """Who is reminded of an idle ticket of this priority with these rows of facts."""
        if self.idle_tell_by is None:
            return self.idle_tell
        return self.idle_tell_by.pick(row_values(priority, facts)) or ()
