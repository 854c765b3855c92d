"""docs/lifecycle.md and the process of one policy, rendered from the tables that the workflow runs
on.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator

from api.tickets.action_routes import body_model_of
from commands.reports.process_diagram import automatic_in, state_diagram
from commands.reports.process_texts import (
    AUTOMATIC,
    EVENTS,
    POLICY_TEXT,
    ROLES,
    STAGES,
    TEXT,
)
from policies.checks.references import tables
from policies.i18n.locales import words_in
from policies.schema.policy import SupportPolicy
from policies.schema.tables import fact_of
from policies.terms.model.process import ProcessTerms
from policies.terms.process_terms import process_terms
from policies.vocabulary import Action, EventType, Role, Stage
from workflows.ticket.actions.rule import ACTIVE, ANSWERED, CONTESTABLE, OPEN, ActionRule
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.process.duties import RULES

GROUPS: dict[tuple[Stage, ...], str] = {
    OPEN: "any open stage",
    ACTIVE: "any stage before `resolved`",
    CONTESTABLE: "any stage before `resolved`, and `closed` by a verdict",
    tuple(Stage): "any stage before `resolved`, and later ones under some policies",
    ANSWERED: "any stage from `in_progress` on, before `resolved`",
}
"""Sets of stages that have a short description."""


def process_page() -> str:
    """The whole page."""
    return TEXT.format(
        diagram=state_diagram(),
        automatic="\n".join(f"- `{action}`: {when}" for action, (_, when) in AUTOMATIC.items()),
        stages=table(("stage", "meaning"), _stage_rows()),
        roles=table(("role", "held by", "actions on tickets", "also"), _role_rows()),
        actions=table(
            ("action", "effect", "by", "in", "leads to", "body", "refused when"),
            _action_rows(),
        ),
        duties=table(("duty", "meaning"), _duty_rows()),
        events=table(("event", "meaning"), _event_rows()),
    )


def policy_page(policy: SupportPolicy) -> str:
    """The process of one policy: its diagram, stages, outcomes and actions, in Markdown."""
    process = process_terms(policy, None, (policy.locale, policy.locale))
    automatic = automatic_in(process).items()
    title = words_in(policy.title, policy.locale, policy.locale)
    return POLICY_TEXT.format(
        title=title,
        diagram=state_diagram(process),
        automatic="\n".join(f"- `{a}`: {when}" for a, (_, when) in automatic)
        or "The workflow takes no action by itself.",
        stages=table(
            ("stage", "meaning"), ((code(s), STAGES[s]) for s in Stage if s in process.stages)
        ),
        outcomes=codes(process.outcomes),
        actions=table(
            ("action", "effect", "by", "in", "clause"), _policy_action_rows(policy, process)
        ),
    )


def _policy_action_rows(policy: SupportPolicy, process: ProcessTerms) -> Iterator[tuple[str, ...]]:
    has_facts = any(fact_of(d) for _, table in tables(policy) for d in table.by)
    missing = {
        Action.RAISE_LEVEL: not process.levels,
        Action.RECLASSIFY: not (policy.priorities or has_facts),
        Action.AGREE_DUE_TIME: not any(clock.agreed for clock in policy.clocks.values()),
    }
    for action, rule in ACTIONS.items():
        if not rule.exists(process) or missing.get(action):
            continue
        within = tuple(stage for stage in rule.within if stage in process.stages)
        clause = process.clauses.get(action, "")
        by = _by(rule.roles(process))
        yield code(action), first_sentence(rule.input), by, codes(within), clause


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = tuple(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _stage_rows() -> Iterator[tuple[str, str]]:
    return ((code(stage), STAGES[stage]) for stage in Stage)


def _role_rows() -> Iterator[tuple[str, ...]]:
    for role, (held_by, also) in ROLES.items():
        yield code(role), held_by, _actions_of(role), also


def _actions_of(role: Role) -> str:
    """The actions of a role, or the actions that it may not take where those are fewer."""
    own = [action for action, rule in ACTIONS.items() if role in rule.by]
    others = [action for action in ACTIONS if action not in own]
    return f"all except {codes(others)}" if len(others) < len(own) else codes(own)


def _action_rows() -> Iterator[tuple[str, ...]]:
    for action, rule in ACTIONS.items():
        yield (
            code(action),
            first_sentence(rule.input),
            _by(rule.by),
            _within(rule.within),
            _to(rule),
            _body(action),
            _conditions(action),
        )


def _by(roles: tuple[Role, ...]) -> str:
    return ", ".join("automatic" if role is Role.SYSTEM else str(role) for role in roles)


def _to(rule: ActionRule) -> str:
    if rule.leaves:
        return f"stays; from {codes(rule.leaves)}: {codes(rule.to)}"
    return codes(rule.to) or "stays"


def _within(stages: tuple[Stage, ...]) -> str:
    if stages in GROUPS:
        return GROUPS[stages]
    missing = [stage for stage in ANSWERED if stage not in stages]
    if len(missing) > 1 or not set(stages) <= set(ANSWERED):
        return codes(stages)
    return f"{GROUPS[ANSWERED]}, except {codes(missing)}"


def _body(action: Action) -> str:
    fields = body_model_of(action).model_fields.items()
    return codes(f"{name}{'' if field.is_required() else '?'}" for name, field in fields)


def _conditions(action: Action) -> str:
    return "; ".join(condition.says for condition in ACTIONS[action].conditions)


def _duty_rows() -> Iterator[tuple[str, str]]:
    return ((rule.__name__.replace("_", " "), first_paragraph(rule)) for rule in RULES)


def _event_rows() -> Iterator[tuple[str, str]]:
    return ((code(event), EVENTS[event]) for event in EventType)


def code(word: str) -> str:
    """A name as Markdown code."""
    return f"`{word}`"


def codes(words: Iterable[str]) -> str:
    """Names as Markdown code, with commas."""
    return ", ".join(map(code, words))


def first_paragraph(thing: Callable[..., object]) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def first_sentence(thing: Callable[..., object]) -> str:
    """The first sentence of a docstring."""
    return first_paragraph(thing).split(". ")[0].rstrip(".") + "."
