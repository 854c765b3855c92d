"""The parameters of the lifecycle that are pinned into a ticket, with their clauses."""

from collections.abc import Callable, Container, Iterator
from typing import Any, NamedTuple

from policies.i18n.locales import words_in
from policies.schema.policy import SupportPolicy
from policies.schema.process import ProcessRules
from policies.schema.stages import stages_of
from policies.terms.ticket_terms import ForecastTerms, LevelTerms, ProcessTerms, Step
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
    return ProcessTerms(**fields, clauses=clauses)


def _possible_outcomes(stages: Container[Stage]) -> tuple[Outcome, ...]:
    return tuple(
        outcome
        for outcome in Outcome
        if outcome is not Outcome.ESCALATION or Stage.TRIAGE in stages
    )


def _parts(rules: ProcessRules, plan: str | None, locales: tuple[str, str]) -> Iterator[_Part]:
    if rules.levels:
        levels = (level for level in rules.levels.ladder if not level.plans or plan in level.plans)
        pinned = tuple(
            LevelTerms(
                audience=level.audience, says=words_in(level.says, *locales), clause=level.clause
            )
            for level in levels
        )
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


_ACTIONS: dict[str, tuple[Action, ...]] = {
    "first_response": (Action.RESPOND,),
    "escalation": (Action.ESCALATE, Action.CONCLUDE_TRIAGE),
    "handoff": (Action.HAND_OVER,),
    "releases": (Action.SCHEDULE_RELEASE,),
    "forecast": (Action.SHARE_FORECAST, Action.RECORD_REVIEW),
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
    "closing": lambda rule: {"closing_after": rule.after},
    "contest": lambda rule: {"contest_within": rule.within},
    "no_reply": lambda rule: {"no_reply_by": rule.by, "no_reply_clause": rule.clause},
    "assignment": lambda rule: {"keep_assigned": rule.keep_assigned},
    "classification": lambda rule: {"classify_by": rule.by},
    "idle": lambda rule: {"idle_after": rule.after, "idle_tell": rule.tell},
}
