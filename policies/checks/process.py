"""Process: its parts, the channels and the notices name only what the policy has."""

# ruff: noqa: D103 - the name of a rule is the sentence it checks

from collections.abc import Iterable, Iterator
from datetime import date

from policies.checks.clocks import CLOCK_EVENTS
from policies.checks.references import Reference, parts, unknown
from policies.documents.problems import Finding, Path
from policies.schema.coverage import CoverageRule, RequiredFor
from policies.schema.policy import NoticeRule, SupportPolicy
from policies.schema.process import LevelRule
from policies.schema.remedies import AllowanceRule
from policies.vocabulary import Viewpoint

_ONE = {"plans": "plan", "kinds": "kind", "priorities": "priority"}
_LIMITED = (CoverageRule, NoticeRule, LevelRule, RequiredFor, AllowanceRule)
FIRST_REVISION = date(1990, 1, 1)


def the_revision_is_a_likely_date(policy: SupportPolicy) -> Iterator[Finding]:
    if policy.revision < FIRST_REVISION:
        wrong = f"a support policy of {policy.revision} is older than the web it is published on"
        yield Finding(("revision",), wrong, "give the date of the page")


def channels_are_for_declared_values(policy: SupportPolicy) -> Iterator[Finding]:
    for i, rule in enumerate(policy.channels):
        path: Path = ("channels", i)
        yield from _unknown_names("plan", (*path, "plans"), rule.plans, policy.plans)
        yield from _unknown_names("kind", (*path, "kinds"), rule.kinds, policy.kinds)
        here = (*path, "priorities")
        yield from _unknown_names("priority", here, rule.priorities, policy.priorities)
        yield from _unknown_names("region", (*path, "regions"), rule.regions, policy.regions)


def rules_are_for_declared_requests(policy: SupportPolicy) -> Iterator[Finding]:
    """Wherever kinds, plans and priorities limit a rule, they are the policy's own."""
    known: dict[str, Iterable[str]] = {
        "plans": policy.plans,
        "kinds": policy.kinds,
        "priorities": policy.priorities,
    }
    for path, part in parts(policy):
        if not isinstance(part, _LIMITED):
            continue
        for field, values in known.items():
            given = getattr(part, field, ())
            yield from _unknown_names(_ONE[field], (*path, field), given, values)


def forecast_windows_are_complete(policy: SupportPolicy) -> Iterator[Finding]:
    rule = policy.process.forecast
    if rule is None:
        return
    path: Path = ("process", "forecast", "windows")
    for row in rule.priorities:
        if row not in rule.windows:
            wrong = f'no window for the engineering priority "{row}"'
            yield Finding(path, wrong, f'add the row "{row}"')
            continue
        for column in rule.priorities:
            if column not in rule.windows[row]:
                wrong = f'no window for engineering "{row}" and product "{column}"'
                yield Finding((*path, row), wrong, f'add "{column}: 10 business days"')


def forecast_windows_are_for_its_priorities(policy: SupportPolicy) -> Iterator[Finding]:
    rule = policy.process.forecast
    if rule is None:
        return
    path: Path = ("process", "forecast", "windows")
    named = [Reference((*path, row), row) for row in rule.windows]
    named += [Reference((*path, r, c), c) for r, cells in rule.windows.items() for c in cells]
    yield from unknown("forecast priority", named, rule.priorities, about_key=True)


def forecast_windows_have_a_calendar(policy: SupportPolicy) -> Iterator[Finding]:
    rule = policy.process.forecast
    if policy.support_hours:
        return
    for row, cells in rule.windows.items() if rule else ():
        for column, length in cells.items():
            if not length.is_elapsed:
                path = ("process", "forecast", "windows", row, column)
                yield Finding(path, f'"{length}" needs a calendar', "set `support_hours`")
    closing, contest = policy.process.closing, policy.process.contest
    if closing and not closing.after.is_elapsed:
        wrong = f'"{closing.after}" needs a calendar'
        yield Finding(("process", "closing", "after"), wrong, "set `support_hours`")
    if contest and not contest.within.is_elapsed:
        wrong = f'"{contest.within}" needs a calendar'
        yield Finding(("process", "contest", "within"), wrong, "set `support_hours`")


def forecasts_rest_on_both_viewpoints(policy: SupportPolicy) -> Iterator[Finding]:
    rule = policy.process.forecast
    missing = [view for view in Viewpoint if rule and view not in rule.viewpoints]
    if missing:
        wrong = f"the windows are by both priorities, and {', '.join(missing)} is not asked for"
        yield Finding(("process", "forecast", "viewpoints"), wrong, "name both viewpoints")


def forecasts_have_support_hours(policy: SupportPolicy) -> Iterator[Finding]:
    if policy.process.forecast and not policy.support_hours:
        wrong = "a forecast is a day of the desk, and the desk has no hours"
        yield Finding(("process", "forecast"), wrong, "set `support_hours`")


def notices_are_not_about_clocks(policy: SupportPolicy) -> Iterator[Finding]:
    for i, notice in enumerate(policy.notices):
        if notice.event in CLOCK_EVENTS:
            wrong = f'"{notice.event}" is told by the ladder of the clock, never by a notice'
            yield Finding(("notices", i, "event"), wrong, "add a rung to the clock's `ladder`")


def checklist_steps_have_their_own_ids(policy: SupportPolicy) -> Iterator[Finding]:
    steps = policy.process.triage.checklist if policy.process.triage else ()
    ids = [step.id for step in steps]
    for i, step_id in enumerate(ids):
        if step_id in ids[:i]:
            path = ("process", "triage", "checklist", i, "id")
            yield Finding(path, f'the step "{step_id}" is given twice', "give each its own id")


def assignment_is_for_declared_priorities(policy: SupportPolicy) -> Iterator[Finding]:
    rule = policy.process.assignment
    named = rule.keep_assigned if rule else ()
    path: Path = ("process", "assignment", "keep_assigned")
    yield from _unknown_names("priority", path, named, policy.priorities)


def reasons_have_their_own_ids(policy: SupportPolicy) -> Iterator[Finding]:
    ids = [rule.id for rule in policy.coverage]
    for i, reason in enumerate(ids):
        if reason is not None and reason in ids[:i]:
            path = ("coverage", i, "id")
            yield Finding(path, f'the reason "{reason}" is given twice', "give each its own id")


def _unknown_names(
    what: str, path: Path, names: tuple[str, ...], known: Iterable[str]
) -> Iterator[Finding]:
    mentions = [Reference((*path, i), name) for i, name in enumerate(names)]
    yield from unknown(what, mentions, known)


CHECKS = (
    the_revision_is_a_likely_date,
    channels_are_for_declared_values,
    rules_are_for_declared_requests,
    forecast_windows_are_complete,
    forecast_windows_are_for_its_priorities,
    forecast_windows_have_a_calendar,
    forecasts_rest_on_both_viewpoints,
    forecasts_have_support_hours,
    notices_are_not_about_clocks,
    checklist_steps_have_their_own_ids,
    assignment_is_for_declared_priorities,
    reasons_have_their_own_ids,
)
