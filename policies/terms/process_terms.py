"""The parameters of the lifecycle that are pinned into a ticket, with their clauses."""

from collections.abc import Callable, Container, Iterator
from typing import Any, NamedTuple

from policies.i18n.locales import words_in
from policies.schema.policy import Labelled, SupportPolicy
from policies.schema.process import NOBODY, IdleRule, LevelRule, ProcessRules
from policies.schema.stages import stages_of
from policies.schema.tables import OTHERWISE, Dimension, Table
from policies.terms.model.process import (
    ForecastTerms,
    LevelTerms,
    MilestoneTerms,
    PauseTerms,
    ProcessTerms,
    Step,
)
from policies.terms.model.table_rows import AudiencesTable
from policies.terms.variants import Variants
from policies.vocabulary import Action, Outcome, Stage


class _Part(NamedTuple):
    """The fields from one part of the process, its clause, and the actions under that clause."""

    fields: dict[str, Any]
    clause: str | None = None
    actions: tuple[Action, ...] = ()


def process_terms(
    policy: SupportPolicy, plan: str | None, locales: tuple[str, str] = ("en", "en")
) -> ProcessTerms:
    """The process terms of a ticket with this plan. Texts are in the first locale if possible, else
    in the second, the policy's.
    """
    rules = policy.process
    stages = stages_of(policy)
    fields: dict[str, Any] = {"stages": stages, "outcomes": _possible_outcomes(stages)}
    clauses: dict[Action, str] = {}
    for part in _parts(rules, plan, locales):
        fields |= part.fields
        clauses |= dict.fromkeys(part.actions, part.clause) if part.clause else {}
    return ProcessTerms(
        **fields,
        milestones={
            name: MilestoneTerms(says=words_in(rule.says, *locales), by=rule.by, clause=rule.clause)
            for name, rule in policy.milestones.items()
        },
        pauses={
            name: PauseTerms(starts=rule.starts, stops=rule.stops)
            for name, rule in policy.pauses.items()
            if rule.starts
        },
        reopen_by=_reopening_channels(policy, locales),
        clauses=clauses,
    )


def idle_terms(rule: IdleRule | None, variants: Variants) -> dict[str, Any]:
    """Who is reminded of an idle ticket, as fields of its terms."""
    if rule is None:
        return {}
    tell, table = variants.choice(rule.tell)
    return {"idle_tell": tell or (), "idle_tell_by": AudiencesTable(**table) if table else None}


def _reopening_channels(policy: SupportPolicy, locales: tuple[str, str]) -> dict[str, str]:
    """The channels that re-open a ticket which was resolved for want of an answer, with labels."""
    labels = policy.labels.get(Labelled.CHANNEL, {})
    channels = policy.process.closing.reopen_by if policy.process.closing else ()
    return {
        name: words_in(labels[name], *locales) if name in labels else name.replace("_", " ")
        for name in channels
    }


def _possible_outcomes(stages: Container[Stage]) -> tuple[Outcome, ...]:
    return tuple(
        outcome
        for outcome in Outcome
        if outcome is not Outcome.ESCALATION or Stage.TRIAGE in stages
    )


def _parts(rules: ProcessRules, plan: str | None, locales: tuple[str, str]) -> Iterator[_Part]:
    if rules.levels:
        levels = (level for level in rules.levels.ladder if not level.plans or plan in level.plans)
        pinned = tuple(_level_terms(level, plan, locales) for level in levels)
        yield _Part(
            {
                "raise_level_by": rules.levels.by,
                "levels": pinned,
                "level_order": rules.levels.order,
                "raise_after": rules.levels.after,
            }
        )
    for name, fields_of in _FIELDS.items():
        rule = getattr(rules, name)
        if rule:
            yield _Part(fields_of(rule), rule.clause, _ACTIONS[name])
    if rules.triage:
        steps = rules.triage.checklist
        checklist = tuple(Step(id=step.id, does=words_in(step.does, *locales)) for step in steps)
        yield _Part({"checklist": checklist}, rules.triage.clause, (Action.RECORD_FINDING,))


def _level_terms(rule: LevelRule, plan: str | None, locales: tuple[str, str]) -> LevelTerms:
    """The level with its audience at each priority; an empty audience is nobody."""
    table = rule.audience
    values: dict[str, str] = {Dimension.PLAN: plan} if plan else {}
    choice = table.narrow(values) if isinstance(table, Table) else table
    cells = choice.cells if isinstance(choice, Table) else {OTHERWISE: choice}
    told = {name: None if name == NOBODY else name for name in cells.values()}
    return LevelTerms(
        audience=told.get(cells.get(OTHERWISE)) or "",
        says=words_in(rule.says, *locales),
        clause=rule.clause,
        audiences={key: told[name] for key, name in cells.items() if key != OTHERWISE},
    )


_ACTIONS: dict[str, tuple[Action, ...]] = {
    "first_response": (Action.RESPOND,),
    "escalation": (Action.ESCALATE, Action.CONCLUDE_TRIAGE),
    "handoff": (Action.HAND_OVER,),
    "releases": (Action.SCHEDULE_RELEASE,),
    "forecast": (Action.SHARE_FORECAST, Action.RECORD_REVIEW),
    "workaround": (Action.PROVIDE_WORKAROUND, Action.WITHDRAW_WORKAROUND),
    "estimate": (Action.GIVE_ESTIMATE,),
    "closing": (Action.CLOSE,),
    "contest": (Action.OVERRIDE_VERDICT,),
    "no_reply": (),
    "assignment": (Action.ASSIGN,),
    "classification": (Action.RECLASSIFY,),
    "idle": (),
}
_FIELDS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "first_response": lambda rule: {"outcomes": rule.outcomes},
    "escalation": lambda rule: {
        "escalate_by": rule.by,
        "told_before_conclusion": rule.told_before_conclusion,
    },
    "handoff": lambda rule: {"automatic_handoff": rule.automatic},
    "releases": lambda _: {},
    "forecast": lambda rule: {"forecast": ForecastTerms(**dict(rule))},
    "workaround": lambda rule: {"workaround_by": rule.by},
    "estimate": lambda rule: {"estimate_by": rule.by},
    "closing": lambda rule: {"closing_after": rule.after},
    "contest": lambda rule: {"contest_within": rule.within},
    "no_reply": lambda rule: {"no_reply_by": rule.by, "no_reply_clause": rule.clause},
    "assignment": lambda rule: {"keep_assigned": rule.keep_assigned},
    "classification": lambda rule: {"classify_by": rule.by},
    "idle": lambda rule: {"idle_after": rule.after},
}
