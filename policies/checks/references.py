"""References: every place where a policy names a clause, calendar, audience and so on."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel

from policies.business_time.durations import Duration
from policies.documents.problems import Finding, Path
from policies.documents.suggestions import one_of
from policies.schema.clocks import ClockRule, NoGuarantee, Within, length_of
from policies.schema.coverage import CoverageRule, FactRule
from policies.schema.events import MilestoneRule
from policies.schema.fields import Rule
from policies.schema.policy import Labelled, Reading, SupportPolicy
from policies.schema.process import NOBODY, ChecklistStep, HandoffRule, LevelRule
from policies.schema.remedies import RemedyRules
from policies.schema.tables import FACTS, Dimension, Table, values_of
from policies.vocabulary import Received

Item = TypeVar("Item", bound=Hashable)

_CONTAINERS = (BaseModel, dict, tuple)
STANDARD_AUDIENCES = ("requester", "assignee", "account_manager", "customer")


class Reference(NamedTuple):
    """A name, and the path at which the policy uses it."""

    path: Path
    name: str


class _Same:
    """A model as a key, equal to itself only: to compare two policies takes as long as a walk."""

    def __init__(self, model: BaseModel) -> None:
        self.model = model

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.model is other.model

    def __hash__(self) -> int:
        return id(self.model)


def parts(value: BaseModel, path: Path = ()) -> tuple[tuple[Path, BaseModel], ...]:
    """Every model inside a model at a path, including itself, outermost first."""
    return _parts(_Same(value), path)


@lru_cache(maxsize=4)
def _parts(same: _Same, path: Path) -> tuple[tuple[Path, BaseModel], ...]:
    # One check after the other asks for the parts of the same policy.
    found: list[tuple[Path, BaseModel]] = []
    _add_parts(same.model, path, found)
    return tuple(found)


def _add_parts(value: Any, path: Path, found: list[tuple[Path, BaseModel]]) -> None:
    if isinstance(value, BaseModel):
        found.append((path, value))
        below: Iterable[tuple[Any, Any]] = ((name, getattr(value, name)) for name in _fields(value))
    elif isinstance(value, dict):
        below = value.items()
    else:
        below = enumerate(value)
    for key, inner in below:
        # Most values are texts and numbers, and every check walks the whole policy.
        if isinstance(inner, _CONTAINERS):
            _add_parts(inner, (*path, key if isinstance(key, int) else str(key)), found)


def clause_references(policy: SupportPolicy) -> Iterator[Reference]:
    """Every use of a clause."""
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
    """Every table, with its path."""
    for path, part in parts(policy):
        if isinstance(part, Table):
            yield path, part


def customer_texts(policy: SupportPolicy) -> Iterator[tuple[Path, str | Mapping[str, str]]]:
    """The texts for customers: title by locale, announcement, guarantees, refusals, questions,
    checklist steps, levels, milestones, service levels, fees, choices, labels, and clauses that
    refusals quote.
    """
    if isinstance(policy.title, Mapping):
        yield ("title",), policy.title
    if policy.announcement is not None:
        yield ("announcement",), policy.announcement
    for path, part in parts(policy):
        if isinstance(part, NoGuarantee | CoverageRule | LevelRule | MilestoneRule):
            yield (*path, "says"), part.says or {}
        elif isinstance(part, ChecklistStep):
            yield (*path, "does"), part.does
        elif isinstance(part, FactRule):
            yield (*path, "ask"), part.ask
    yield from _names_for_readers(policy)
    yield from _choices_and_labels(policy)
    for clause in clauses_quoted(policy):
        yield ("clauses", clause, "says"), policy.clauses[clause].says


def _names_for_readers(policy: SupportPolicy) -> Iterator[tuple[Path, str | Mapping[str, str]]]:
    for fee, label in policy.remedies.fees.items():
        yield ("remedies", "fees", fee), label
    for name, level in policy.service_levels.items():
        if level.says is not None:
            yield ("service_levels", name, "says"), level.says


def _choices_and_labels(policy: SupportPolicy) -> Iterator[tuple[Path, str | Mapping[str, str]]]:
    for fact, rule in policy.facts.items():
        for choice, says in rule.choices.items():
            yield ("facts", fact, "choices", choice), says
    for noun, labels in policy.labels.items():
        for name, label in labels.items():
            yield ("labels", noun, name), label


def clauses_quoted(policy: SupportPolicy) -> Iterator[str]:
    """The clauses quoted in refusals: those with several refusals, which have different texts."""
    refusals = [rule.clause for rule in policy.coverage if rule.closed_as]
    for clause in dict.fromkeys(refusals):
        if refusals.count(clause) > 1 and clause in policy.clauses:
            yield clause


def labelled_names(policy: SupportPolicy) -> Iterator[tuple[Labelled, Reference]]:
    """Every name that can have a label, and where it is declared."""
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
    """The durations that a clock may have as its target."""
    for path, promise in values_of(clock.within, ("clocks", name, "within")):
        length = length_of(promise)
        if length is not None:
            yield path, length


def event_references(policy: SupportPolicy) -> Iterator[Reference]:
    """Every use of an event: by clocks, pauses and notices."""
    for name, clock in policy.clocks.items():
        for field in ("starts", "stops", "cancels"):
            for i, event in enumerate(getattr(clock, field)):
                yield Reference(("clocks", name, field, i), event)
    for reason, pause in policy.pauses.items():
        for field in ("starts", "stops"):
            for i, event in enumerate(getattr(pause, field)):
                yield Reference(("pauses", reason, field, i), event)
    for i, notice in enumerate(policy.notices):
        yield Reference(("notices", i, "event"), notice.event)


def calendar_references(policy: SupportPolicy) -> Iterator[Reference]:
    """Every use of a calendar."""
    for path, name in values_of(policy.support_hours, ("support_hours",)):
        yield Reference(path, name)
    for clock, rule in policy.clocks.items():
        for path, name in values_of(rule.calendar, ("clocks", clock, "calendar")):
            yield Reference(path, name)


def notified_audiences(policy: SupportPolicy) -> Iterator[Reference]:
    """Every audience to notify, or to refer a requester to."""
    for path, names in lists_of_audiences(policy):
        yield from (Reference((*path, j), audience) for j, audience in enumerate(names))
    for i, notice in enumerate(policy.notices):
        for j, audience in enumerate(notice.tell):
            yield Reference(("notices", i, "tell", j), audience)
    yield from _levels_and_referrals(policy)


def lists_of_audiences(policy: SupportPolicy) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The audiences of each rung, and those of idle tickets in a table: each list or cell."""
    for name, clock in policy.clocks.items():
        for i, rung in enumerate(clock.ladder):
            yield from values_of(rung.tell, ("clocks", name, "ladder", i, "tell"))
    idle = policy.process.idle
    if idle and isinstance(idle.tell, Table):
        yield from values_of(idle.tell, ("process", "idle", "tell"))


def _levels_and_referrals(policy: SupportPolicy) -> Iterator[Reference]:
    for i, level in enumerate(policy.process.levels.ladder if policy.process.levels else ()):
        path = ("process", "levels", "ladder", i, "audience")
        for place, audience in values_of(level.audience, path):
            if audience != NOBODY or place == path:
                yield Reference(place, audience)
    for i, rule in enumerate(policy.coverage):
        if rule.refers_to:
            yield Reference(("coverage", i, "refers_to"), rule.refers_to)


def declared(policy: SupportPolicy) -> dict[str, tuple[str, ...]]:
    """The values each dimension can have under this policy, those of its facts included."""
    channels = dict.fromkeys(channel for rule in policy.channels for channel in rule.channels)
    return {
        Dimension.PLAN: tuple(policy.plans),
        Dimension.PRIORITY: tuple(policy.priorities),
        Dimension.KIND: tuple(policy.kinds),
        Dimension.REGION: tuple(policy.regions),
        Dimension.CHANNEL: tuple(channels),
        Dimension.RECEIVED: tuple(Received) if policy.support_hours else (),
        **{FACTS + name: rows_of(fact) for name, fact in policy.facts.items()},
    }


def rows_of(fact: FactRule) -> tuple[str, ...]:
    """The rows of a table by a fact, besides `otherwise`; none if it has no choices."""
    return ("true", "false") if fact.type == "bool" else tuple(fact.choices)


def level_audiences(policy: SupportPolicy) -> list[frozenset[str]]:
    """The audiences that each level of management can have."""
    ladder = policy.process.levels.ladder if policy.process.levels else ()
    return [frozenset(name for _, name in values_of(level.audience)) for level in ladder]


def undeclared(
    noun: str, references: Iterable[Reference], declared: Iterable[str], about_key: bool = False
) -> Iterator[Finding]:
    """A finding for each reference to a name that is not declared."""
    choices = tuple(declared)
    for path, name in references:
        if name not in choices:
            wrong = f'the {noun} "{name}" is not declared'
            yield Finding(path, wrong, one_of(name, choices), about_key=about_key)


def repeated(items: Iterable[Item]) -> Iterator[tuple[int, Item]]:
    """Each item that is equal to an earlier one, with its index."""
    seen: set[Item] = set()
    for i, item in enumerate(items):
        if item in seen:
            yield i, item
        seen.add(item)


def _fields(model: BaseModel) -> Iterable[str]:
    return type(model).model_fields
