"""Errors in a mapping: between its own parts, and against the policy that it is for."""

from collections.abc import Collection, Iterator

from backtest.mapping.document import CsvRule, LogMapping, StateRule, ValueRule
from backtest.mapping.instants import parser
from policies.business_time.errors import UnknownZoneError
from policies.documents.problems import Finding, Path
from policies.documents.suggestions import one_of, quoted
from policies.schema.events import milestone_of
from policies.schema.policy import SupportPolicy
from policies.vocabulary import EventType, PauseReason

DIMENSIONS = ("priority", "kind", "channel", "plan", "region")
"""The keys of a mapping that give the values of a request."""
NO_DELIMITERS = frozenset({'"', "\n", "\r", "\0"})
NOT_OF_A_LOG = frozenset(
    {
        EventType.OPENED,
        EventType.PRIORITY_CHANGED,
        EventType.RECLASSIFIED,
        EventType.CLOCK_WARNED,
        EventType.CLOCK_BREACHED,
        EventType.CLOCK_OVERDUE,
    }
)
"""Events that follow from other keys of the mapping, or from the policy itself."""


def mapping_errors(mapping: LogMapping) -> Iterator[Finding]:
    """The errors in a mapping, whatever its policy."""
    try:
        parser(mapping.time)
    except ValueError as error:
        key = "zone" if isinstance(error, UnknownZoneError) else "format"
        wrong, _, right = str(error).partition("; ")
        yield Finding(("time", key), wrong, right)
    yield from _dialect(mapping.csv)
    yield from _leaks(mapping)
    yield from _translations(mapping)
    for path, rule in _values(mapping):
        yield from _value_errors(path, rule)
    for path, name in _events(mapping):
        if name in NOT_OF_A_LOG:
            wrong = f'"{name}" is not an event that a state or a row can stand for'
            yield Finding(path, wrong, _where_it_belongs(name))


def errors_for_policy(mapping: LogMapping, policy: SupportPolicy) -> Iterator[Finding]:
    """The errors in a mapping as one for this policy: names that the policy does not declare."""
    for path, what, name, declared in _names(mapping, policy):
        if name not in declared:
            wrong = f"the policy has no {what} {quoted(name)}"
            yield Finding(path, wrong, one_of(name, declared), about_key=what == "fact")


def _names(
    mapping: LogMapping, policy: SupportPolicy
) -> Iterator[tuple[Path, str, str, Collection[str]]]:
    """Every name of the policy that a mapping uses: its path, its kind, and the names there are."""
    for path, event in _events(mapping):
        milestone = milestone_of(event)
        if milestone is not None:
            yield path, "milestone", milestone, policy.milestones
    reasons = [*PauseReason, *(name for name in policy.pauses if name not in {*PauseReason})]
    for state, rule in mapping.states.items():
        if rule.waits:
            yield ("states", state, "waits"), "pause", rule.waits, reasons
    yield from _values_of_request(mapping, policy)
    for fact in mapping.facts:
        yield ("facts", fact), "fact", fact, policy.facts


def _values_of_request(
    mapping: LogMapping, policy: SupportPolicy
) -> Iterator[tuple[Path, str, str, Collection[str]]]:
    declared: dict[str, Collection[str]] = {
        "priority": policy.priorities,
        "kind": policy.kinds,
        "plan": policy.plans,
        "region": policy.regions,
    }
    for path, value in _values(mapping):
        name = str(path[0])
        for place, slug in _slugs(path, value) if name in declared else ():
            yield place, name, slug, declared[name]


def _dialect(csv: CsvRule) -> Iterator[Finding]:
    try:
        "".encode(csv.encoding)
    except (LookupError, UnicodeError, ValueError):
        wrong = f"{quoted(csv.encoding)} is not an encoding"
        yield Finding(("csv", "encoding"), wrong, 'write for example "utf-8" or "cp1252"')
    if csv.delimiter in NO_DELIMITERS:
        wrong = f"{quoted(csv.delimiter)} cannot separate columns"
        yield Finding(("csv", "delimiter"), wrong, 'write for example "," or ";"')


def _leaks(mapping: LogMapping) -> Iterator[Finding]:
    for column in mapping.leaks:
        if column in mapping.columns:
            wrong = f"the mapping reads {quoted(column)}, which leaks the future"
            right = "read another column, or remove it from `leaks`"
            yield Finding(("leaks", column), wrong, right, about_key=True)


def _translations(mapping: LogMapping) -> Iterator[Finding]:
    for column, names in (("state", mapping.states), ("event", mapping.events)):
        if getattr(mapping, column) and not names:
            right = f"add `{column}s` with the meaning of each"
            yield Finding((column,), f"the values of the {column} have no meaning", right)
        elif names and not getattr(mapping, column):
            right = f"add the column, for example `{column}: status`"
            yield Finding((f"{column}s",), f"the column with the {column} is missing", right)
    if not any((mapping.state, mapping.states, mapping.event, mapping.events)):
        right = "add `state` and `states`, or `event` and `events`"
        yield Finding((), "the mapping says nothing of what happened to a ticket", right)
    for name, rule in mapping.states.items():
        if rule.unchanged and (rule.events or rule.waits):
            right = "remove `unchanged`, or the rest"
            yield Finding(("states", name), "an unchanged state has no meaning of its own", right)


def _value_errors(path: Path, rule: ValueRule) -> Iterator[Finding]:
    if (rule.column is None) == (rule.always is None):
        wrong = "a value is from a `column`, or `always` the same"
        yield Finding(path, wrong, "write one of the two")
    elif rule.always is not None and (rule.values or rule.otherwise):
        yield Finding(path, "there is nothing to translate", "remove `values` and `otherwise`")


def _events(mapping: LogMapping) -> Iterator[tuple[Path, str]]:
    for state, rule in mapping.states.items():
        for number, name in enumerate(rule.events):
            yield ("states", state, *_place(rule, number)), name
    for event, names in mapping.events.items():
        for number, name in enumerate(names):
            yield ("events", event, number), name


def _place(_: StateRule, number: int) -> Path:
    # A state that is only a list of events has no key `events`; the place is then that of the list.
    return ("events", number)


def _values(mapping: LogMapping) -> Iterator[tuple[Path, ValueRule]]:
    for name in DIMENSIONS:
        rule: ValueRule | None = getattr(mapping, name)
        if rule is not None:
            yield (name,), rule
    for name, rule in mapping.facts.items():
        yield ("facts", name), rule


def _slugs(path: Path, rule: ValueRule) -> Iterator[tuple[Path, str]]:
    for name, slug in rule.values.items():
        yield (*path, "values", name), slug
    if rule.otherwise is not None:
        yield (*path, "otherwise"), rule.otherwise
    if rule.always is not None:
        yield (*path, "always"), rule.always


def _where_it_belongs(name: str) -> str:
    if name == EventType.OPENED:
        return "`opened` says when a ticket was opened"
    if name in {EventType.PRIORITY_CHANGED, EventType.RECLASSIFIED}:
        return "it follows from `priority`"
    return "it follows from the policy"
