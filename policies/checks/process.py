"""The lifecycle, channels, notices and coverage: declared names, unique ids, complete windows."""

# ruff: noqa: D103 - the name of a check states what must be true

from collections.abc import Iterable, Iterator
from datetime import date

from policies.business_time.durations import Duration
from policies.checks.clocks import CLOCK_EVENTS
from policies.checks.references import Reference, parts, repeated, rows_of, undeclared
from policies.documents.problems import Finding, Path
from policies.schema.coverage import ChannelRule, CoverageRule, RequiredFor
from policies.schema.policy import NoticeRule, SupportPolicy
from policies.schema.process import LevelRule, ProcessRules
from policies.schema.remedies import AllowanceRule
from policies.schema.stages import stages_of
from policies.schema.tables import Dimension
from policies.vocabulary import Outcome, Stage, Viewpoint

_SINGULAR = {
    "plans": "plan",
    "kinds": "kind",
    "regions": "region",
    "priorities": "priority",
    "channels": "channel",
}
_CONDITIONAL = (CoverageRule, NoticeRule, LevelRule, RequiredFor, AllowanceRule)
FIRST_REVISION = date(1990, 1, 1)


def the_revision_date_is_plausible(policy: SupportPolicy) -> Iterator[Finding]:
    if policy.revision < FIRST_REVISION:
        wrong = f"the revision date {policy.revision} is before {FIRST_REVISION}"
        yield Finding(("revision",), wrong, "write the date of the support page")


def channels_use_declared_values(policy: SupportPolicy) -> Iterator[Finding]:
    for i, rule in enumerate(policy.channels):
        path: Path = ("channels", i)
        yield from _undeclared_names("plan", (*path, "plans"), rule.plans, policy.plans)
        yield from _undeclared_names("kind", (*path, "kinds"), rule.kinds, policy.kinds)
        here = (*path, "priorities")
        yield from _undeclared_names("priority", here, rule.priorities, policy.priorities)
        yield from _undeclared_names("region", (*path, "regions"), rule.regions, policy.regions)


def conditions_of_rules_use_declared_values(policy: SupportPolicy) -> Iterator[Finding]:
    known: dict[str, Iterable[str]] = {
        "plans": policy.plans,
        "kinds": policy.kinds,
        "regions": policy.regions,
        "priorities": policy.priorities,
    }
    if policy.channels:
        known["channels"] = [channel for rule in policy.channels for channel in rule.channels]
    for path, part in parts(policy):
        if not isinstance(part, _CONDITIONAL):
            continue
        for field, values in known.items():
            names = getattr(part, field, ())
            yield from _undeclared_names(_SINGULAR[field], (*path, field), names, values)


def facts_of_rules_have_the_choices(policy: SupportPolicy) -> Iterator[Finding]:
    rules: list[tuple[Path, ChannelRule | NoticeRule]] = [
        *((("channels", i), rule) for i, rule in enumerate(policy.channels)),
        *((("notices", i), rule) for i, rule in enumerate(policy.notices)),
    ]
    for path, rule in rules:
        names = [Reference((*path, "facts", name), name) for name in rule.facts]
        yield from undeclared("fact", names, policy.facts, about_key=True)
        for name, rows in rule.facts.items():
            fact = policy.facts.get(name)
            if fact is not None and not rows_of(fact):
                wrong = f'the fact "{name}" has no choices'
                right = "add `choices` to it, or use another fact"
                yield Finding((*path, "facts", name), wrong, right, about_key=True)
            elif fact is not None:
                yield from _undeclared_names("choice", (*path, "facts", name), rows, rows_of(fact))


def forecast_windows_are_complete(policy: SupportPolicy) -> Iterator[Finding]:
    rule = policy.process.forecast
    if rule is None:
        return
    path: Path = ("process", "forecast", "windows")
    for row in rule.priorities:
        if row not in rule.windows:
            wrong = f'the forecast has no window for the engineering priority "{row}"'
            yield Finding(path, wrong, f'add the row "{row}"')
            continue
        for column in rule.priorities:
            if column not in rule.windows[row]:
                wrong = f'the forecast has no window for engineering "{row}", product "{column}"'
                yield Finding((*path, row), wrong, f'add "{column}: 10 business days"')


def forecast_windows_use_declared_priorities(policy: SupportPolicy) -> Iterator[Finding]:
    rule = policy.process.forecast
    if rule is None:
        return
    path: Path = ("process", "forecast", "windows")
    references = [Reference((*path, row), row) for row in rule.windows]
    references += [Reference((*path, r, c), c) for r, cells in rule.windows.items() for c in cells]
    yield from undeclared("forecast priority", references, rule.priorities, about_key=True)


def business_time_of_the_process_has_a_calendar(policy: SupportPolicy) -> Iterator[Finding]:
    if policy.support_hours:
        return
    for path, length in process_durations(policy.process):
        if not length.is_elapsed:
            yield Finding(path, f'"{length}" needs a calendar', "set `support_hours`")


def forecasts_require_both_viewpoints(policy: SupportPolicy) -> Iterator[Finding]:
    rule = policy.process.forecast
    missing = [view for view in Viewpoint if rule and view not in rule.viewpoints]
    if missing:
        wrong = f"the forecast windows also need the viewpoint {', '.join(missing)}"
        yield Finding(("process", "forecast", "viewpoints"), wrong, "name both viewpoints")


def escalations_lead_to_a_triage(policy: SupportPolicy) -> Iterator[Finding]:
    process = policy.process
    outcomes = process.first_response.outcomes if process.first_response else ()
    if Outcome.ESCALATION in outcomes and Stage.TRIAGE not in stages_of(policy):
        wrong = "an escalation leads to triage, which this process does not have"
        right = "add `escalation` and `triage`, or replace it by `work_started`"
        path: Path = ("process", "first_response", "outcomes", outcomes.index(Outcome.ESCALATION))
        yield Finding(path, wrong, right)


def forecasts_have_support_hours(policy: SupportPolicy) -> Iterator[Finding]:
    if policy.process.forecast and not policy.support_hours:
        wrong = "a forecast needs support hours, and the policy has none"
        yield Finding(("process", "forecast"), wrong, "set `support_hours`")


def notices_are_not_about_clock_events(policy: SupportPolicy) -> Iterator[Finding]:
    for i, notice in enumerate(policy.notices):
        if notice.event in CLOCK_EVENTS:
            wrong = f'"{notice.event}" cannot have a notice: the ladder of the clock notifies of it'
            yield Finding(("notices", i, "event"), wrong, "add a rung to the clock's `ladder`")


def checklist_step_ids_are_unique(policy: SupportPolicy) -> Iterator[Finding]:
    steps = policy.process.triage.checklist if policy.process.triage else ()
    for i, step_id in repeated(step.id for step in steps):
        path = ("process", "triage", "checklist", i, "id")
        yield Finding(path, f'the step "{step_id}" is given twice', "give each step its own id")


def assignment_uses_declared_priorities(policy: SupportPolicy) -> Iterator[Finding]:
    rule = policy.process.assignment
    names = rule.keep_assigned if rule else ()
    path: Path = ("process", "assignment", "keep_assigned")
    yield from _undeclared_names("priority", path, names, policy.priorities)


def tickets_are_reopened_by_declared_channels(policy: SupportPolicy) -> Iterator[Finding]:
    closing = policy.process.closing
    channels = [channel for rule in policy.channels for channel in rule.channels]
    if closing and channels:
        path: Path = ("process", "closing", "reopen_by")
        yield from _undeclared_names("channel", path, closing.reopen_by, channels)


def levels_depend_on_plan_and_priority(policy: SupportPolicy) -> Iterator[Finding]:
    for i, level in enumerate(policy.process.levels.ladder if policy.process.levels else ()):
        for j, dimension in enumerate(getattr(level.audience, "by", ())):
            if dimension not in (Dimension.PLAN, Dimension.PRIORITY):
                path = ("process", "levels", "ladder", i, "audience", "by", j)
                wrong = f'the audience of a level cannot depend on "{dimension}"'
                yield Finding(path, wrong, "use plan and priority", level.clause)


def refusal_reason_ids_are_unique(policy: SupportPolicy) -> Iterator[Finding]:
    for i, reason in repeated(rule.id for rule in policy.coverage):
        if reason is not None:
            wrong = f'the reason "{reason}" is given twice'
            yield Finding(("coverage", i, "id"), wrong, "give each reason its own id")


def process_durations(process: ProcessRules) -> Iterator[tuple[Path, Duration]]:
    """The durations of the lifecycle, with their paths."""
    for row, cells in process.forecast.windows.items() if process.forecast else ():
        for column, length in cells.items():
            yield ("process", "forecast", "windows", row, column), length
    if process.closing:
        yield ("process", "closing", "after"), process.closing.after
    if process.contest:
        yield ("process", "contest", "within"), process.contest.within
    if process.idle:
        yield ("process", "idle", "after"), process.idle.after


def _undeclared_names(
    noun: str, path: Path, names: tuple[str, ...], known: Iterable[str]
) -> Iterator[Finding]:
    references = [Reference((*path, i), name) for i, name in enumerate(names)]
    yield from undeclared(noun, references, known)


def allowances_state_hours_or_times(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.allowances.items():
        if (rule.hours is None) == (rule.times is None):
            wrong = "an allowance is a number of `hours` or of `times`"
            right = "write one of them, for example `hours: 8`"
            yield Finding(("allowances", name), wrong, right, rule.clause)


CHECKS = (
    the_revision_date_is_plausible,
    channels_use_declared_values,
    conditions_of_rules_use_declared_values,
    facts_of_rules_have_the_choices,
    forecast_windows_are_complete,
    forecast_windows_use_declared_priorities,
    business_time_of_the_process_has_a_calendar,
    forecasts_require_both_viewpoints,
    escalations_lead_to_a_triage,
    forecasts_have_support_hours,
    notices_are_not_about_clock_events,
    checklist_step_ids_are_unique,
    assignment_uses_declared_priorities,
    tickets_are_reopened_by_declared_channels,
    levels_depend_on_plan_and_priority,
    refusal_reason_ids_are_unique,
    allowances_state_hours_or_times,
)
