"""Survey: the things of one sort in a whole policy, each with its path."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from policies.business_time.durations import Duration
from policies.documents.problems import Finding, Path
from policies.documents.suggestions import one_of
from policies.schema.clocks import ClockRule, NoGuarantee, Within, length_of
from policies.schema.coverage import CoverageRule, FactRule
from policies.schema.fields import Rule
from policies.schema.policy import Labelled, Reading, SupportPolicy
from policies.schema.process import ChecklistStep, HandoffRule, LevelRule
from policies.schema.remedies import RemedyRules
from policies.schema.tables import Dimension, Table
from policies.vocabulary import Received

PolicyRule = Callable[[SupportPolicy], Iterable[Finding]]

STANDARD_AUDIENCES = ("requester", "assignee", "account_manager", "customer")


class Reference(NamedTuple):
    """A name used at a path."""

    path: Path
    name: str


def parts(value: Any, path: Path = ()) -> Iterator[tuple[Path, BaseModel]]:
    """Every model inside a value, itself included, from the outside in."""
    if isinstance(value, BaseModel):
        yield path, value
        below: Iterable[tuple[Any, Any]] = ((name, getattr(value, name)) for name in _fields(value))
    elif isinstance(value, Mapping):
        below = value.items()
    elif isinstance(value, tuple):
        below = enumerate(value)
    else:
        return
    for key, inner in below:
        yield from parts(inner, (*path, key if isinstance(key, int) else str(key)))


def clause_references(policy: SupportPolicy) -> Iterator[Reference]:
    """Every place that names a clause."""
    for path, part in parts(policy):
        if isinstance(part, Rule | Reading):
            yield Reference((*path, "clause"), part.clause)
        if isinstance(part, Rule):
            yield from (Reference((*path, "see", i), name) for i, name in enumerate(part.see))
        if isinstance(part, NoGuarantee | Within) and part.clause:
            yield Reference((*path, "clause"), part.clause)
        if isinstance(part, HandoffRule):
            yield Reference((*path, "packet"), part.packet)
        if isinstance(part, RemedyRules) and part.claim_clause:
            yield Reference((*path, "claim_clause"), part.claim_clause)


def tables(policy: SupportPolicy) -> Iterator[tuple[Path, Table[Any]]]:
    """Every table."""
    for path, part in parts(policy):
        if isinstance(part, Table):
            yield path, part


def values_of(choice: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The values of a table, or the one value that stands in its place."""
    if isinstance(choice, Table):
        for key, value in choice.cells.items():
            yield (*path, "cells", key), value
    elif choice is not None:
        yield path, choice


def customer_texts(policy: SupportPolicy) -> Iterator[tuple[Path, str | Mapping[str, str]]]:
    """The words customers are given: of a revision that comes, guarantees, refusals, questions,
    steps, levels, labels.
    """
    if policy.announcement is not None:
        yield ("announcement",), policy.announcement
    for path, part in parts(policy):
        if isinstance(part, NoGuarantee | CoverageRule | LevelRule):
            yield (*path, "says"), part.says
        elif isinstance(part, ChecklistStep):
            yield (*path, "does"), part.does
        elif isinstance(part, FactRule):
            yield (*path, "ask"), part.ask
    yield from _names_said(policy)
    for clause in clauses_quoted(policy):
        yield ("clauses", clause, "says"), policy.clauses[clause].says


def _names_said(policy: SupportPolicy) -> Iterator[tuple[Path, str | Mapping[str, str]]]:
    for fact, rule in policy.facts.items():
        for choice, says in rule.choices.items():
            yield ("facts", fact, "choices", choice), says
    for noun, labels in policy.labels.items():
        for name, label in labels.items():
            yield ("labels", noun, name), label


def clauses_quoted(policy: SupportPolicy) -> Iterator[str]:
    """The clauses whose own words customers are given: several refusals rest on each."""
    refused = [rule.clause for rule in policy.coverage if rule.closed_as]
    for clause in dict.fromkeys(refused):
        if refused.count(clause) > 1 and clause in policy.clauses:
            yield clause


def labelled_names(policy: SupportPolicy) -> Iterator[tuple[Labelled, Reference]]:
    """Everything a label can be for, and where it is declared."""
    values: dict[Labelled, tuple[str, Iterable[str]]] = {
        Labelled.PLAN: ("plans", policy.plans),
        Labelled.REGION: ("regions", policy.regions),
        Labelled.KIND: ("kinds", policy.kinds),
        Labelled.PRIORITY: ("priorities", policy.priorities),
        Labelled.CLOCK: ("clocks", policy.clocks),
    }
    for noun, (key, slugs) in values.items():
        yield from ((noun, Reference((key, slug), slug)) for slug in slugs)
    for i, rule in enumerate(policy.channels):
        for j, channel in enumerate(rule.channels):
            yield Labelled.CHANNEL, Reference(("channels", i, "channels", j), channel)
    forecast = policy.process.forecast
    for i, priority in enumerate(forecast.priorities if forecast else ()):
        at: Path = ("process", "forecast", "priorities", i)
        yield Labelled.REVIEW, Reference(at, priority)


def targets(name: str, clock: ClockRule) -> Iterator[tuple[Path, Duration]]:
    """The durations a clock may have for its target."""
    for path, promise in values_of(clock.within, ("clocks", name, "within")):
        length = length_of(promise)
        if length is not None:
            yield path, length


def calendar_references(policy: SupportPolicy) -> Iterator[Reference]:
    """Every place that names a calendar."""
    for path, name in values_of(policy.support_hours, ("support_hours",)):
        yield Reference(path, name)
    for clock, rule in policy.clocks.items():
        for path, name in values_of(rule.calendar, ("clocks", clock, "calendar")):
            yield Reference(path, name)


def notified_audiences(policy: SupportPolicy) -> Iterator[Reference]:
    """Every place that tells an audience."""
    for name, clock in policy.clocks.items():
        for i, rung in enumerate(clock.ladder):
            for j, audience in enumerate(rung.tell):
                yield Reference(("clocks", name, "ladder", i, "tell", j), audience)
    for i, notice in enumerate(policy.notices):
        for j, audience in enumerate(notice.tell):
            yield Reference(("notices", i, "tell", j), audience)
    yield from _audiences_referred_to(policy)


def _audiences_referred_to(policy: SupportPolicy) -> Iterator[Reference]:
    """Whom a ticket can be raised to, and who is there for what the desk does not do."""
    for i, level in enumerate(policy.process.levels.ladder if policy.process.levels else ()):
        yield Reference(("process", "levels", "ladder", i, "audience"), level.audience)
    for i, rule in enumerate(policy.coverage):
        if rule.refers_to:
            yield Reference(("coverage", i, "refers_to"), rule.refers_to)


def declared(policy: SupportPolicy) -> dict[Dimension, tuple[str, ...]]:
    """The values each dimension can have under this policy."""
    channels = dict.fromkeys(channel for rule in policy.channels for channel in rule.channels)
    return {
        Dimension.PLAN: tuple(policy.plans),
        Dimension.PRIORITY: tuple(policy.priorities),
        Dimension.KIND: tuple(policy.kinds),
        Dimension.REGION: tuple(policy.regions),
        Dimension.CHANNEL: tuple(channels),
        Dimension.RECEIVED: tuple(Received) if policy.support_hours else (),
    }


def unknown(
    what: str, mentions: Iterable[Reference], known: Iterable[str], about_key: bool = False
) -> Iterator[Finding]:
    """A finding for each mention of a name that is not among those known."""
    choices = tuple(known)
    for path, name in mentions:
        if name not in choices:
            wrong = f'the {what} "{name}" is not declared'
            yield Finding(path, wrong, one_of(name, choices), about_key=about_key)


def _fields(model: BaseModel) -> Iterable[str]:
    return type(model).model_fields
