"""Targets: what each promised clock promises, by request, and how it is counted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from policies.business_time.durations import Duration, Unit
from policies.page.model import Definition, Definitions, Paragraph, Part, Text
from policies.page.sections.branches import Axis, Leaf, Values, branch
from policies.page.sections.grids import grid, matrix, parts_of
from policies.page.sections.requests import axes_of, name_of
from policies.page.wording.words import Words
from policies.schema.clocks import ClockRule, NoGuarantee, length_of
from policies.schema.policy import Labelled, SupportPolicy
from policies.schema.tables import Dimension, Table, dimensions_of, values_of
from policies.vocabulary import Received, Reopening

_REOPENING = {Reopening.SAME_CYCLE: "same_cycle", Reopening.NEW_CYCLE: "new_cycle"}
_OPEN_UNITS = (Unit.BUSINESS_HOUR, Unit.BUSINESS_MINUTE)
_ELAPSED_UNITS = (Unit.HOUR, Unit.MINUTE, Unit.DAY, Unit.WEEK)


class _Column(NamedTuple):
    """A column of targets: a clock, for requests received at some time if that matters."""

    clock: str
    received: str = ""


def promised_clocks(policy: SupportPolicy) -> dict[str, ClockRule]:
    """The clocks that customers are promised."""
    clocks = policy.clocks.items()
    return {name: clock for name, clock in clocks if clock.promised and not clock.reminds}


def target_parts(words: Words) -> Iterator[Part]:
    """The targets as tables, how each is counted, and what the units mean."""
    clocks = promised_clocks(words.policy)
    if not clocks:
        yield Part((Paragraph(words.say("no_targets")),))
        return
    yield from _tables(words, clocks)
    rules = {name: _rules(clock) for name, clock in clocks.items()}
    shared = _shared([*rules.values()])
    entries = (
        _counted(words, name, clock, [each for each in rules[name] if each not in shared])
        for name, clock in clocks.items()
    )
    yield Part((Definitions(tuple(entries)),))
    if shared:
        yield Part((Paragraph(Text(" ".join(words.plain(name) for name in shared))),))
    notes = tuple(Paragraph(words.say(name), note=True) for name in _units(clocks.values()))
    yield Part(notes)


def _tables(words: Words, clocks: Mapping[str, ClockRule]) -> Iterator[Part]:
    columns = [column for name, clock in clocks.items() for column in _columns(name, clock)]
    dimensions = [d for clock in clocks.values() for d in dimensions_of(clock.within)]
    tables = [clock.within for clock in clocks.values()]
    axes = axes_of(words.policy, (d for d in dimensions if d != Dimension.RECEIVED), tables)

    def targets(request: Mapping[str, str]) -> Values:
        return tuple(_target(words, clocks[c.clock], c, request) for c in columns)

    tree = branch(axes, targets)
    caption = words.plain("target_table")
    titles = [_title(words, column, columns) for column in columns]
    if isinstance(tree, Leaf) and len(set(tree.values)) > 1:
        rows = [(title, (target,)) for title, target in zip(titles, tree.values, strict=True)]
        yield Part((grid(caption, (words.plain("target"),), rows),))
    elif len(columns) == 1 and (pair := _two_axes(axes, targets)):
        yield Part((matrix(words, titles[0], pair[0], pair[1], targets),))
    else:
        yield from parts_of(words, tree, titles, caption)


def _two_axes(axes: Sequence[Axis], targets: object) -> tuple[Axis, Axis] | None:
    """Rows and columns, if exactly two dimensions have more than one name: the inner one is that
    of the rows.
    """
    if len(axes) == 2 and all(1 < len(axis.names) <= 6 for axis in axes):
        return axes[1], axes[0]
    return None


def _columns(name: str, clock: ClockRule) -> Iterator[_Column]:
    if Dimension.RECEIVED not in dimensions_of(clock.within):
        yield _Column(name)
        return
    for received in Received:
        yield _Column(name, received)


def _title(words: Words, column: _Column, columns: Sequence[_Column]) -> str:
    name = words.name(Labelled.CLOCK, column.clock)
    if not column.received:
        return name
    when = name_of(words, Dimension.RECEIVED, column.received)
    return words.plain("with_condition", name=name, condition=when)


def _target(words: Words, clock: ClockRule, column: _Column, request: Mapping[str, str]) -> str:
    received = {str(Dimension.RECEIVED): column.received} if column.received else {}
    values = {**request, **received}
    promise = clock.within.pick(values) if isinstance(clock.within, Table) else clock.within
    return _promise_text(words, promise)


def _promise_text(words: Words, promise: object) -> str:
    length = length_of(promise)
    if length is not None:
        return words.duration(length)
    if isinstance(promise, NoGuarantee) and promise.says is not None:
        return words.text(promise.says).words
    if isinstance(promise, NoGuarantee):
        return words.plain(f"guarantee_{promise.guarantee}")
    return "–"


def _counted(words: Words, name: str, clock: ClockRule, rules: Sequence[str]) -> Definition:
    starts = words.joined([words.event(event) for event in clock.starts], "or")
    stops = words.joined([words.event(event) for event in clock.stops], "or")
    says = [words.say("counted_from", starts=starts, stops=stops)]
    if clock.cut_off:
        says.append(words.say("cut_off", time=words.clock_time(clock.cut_off)))
    says += [words.say(rule) for rule in rules]
    text = Text(" ".join(each.words for each in says))
    return Definition(Text(words.name(Labelled.CLOCK, name)), (text,))


def _rules(clock: ClockRule) -> list[str]:
    """The names of the sentences about repetition, agreement, re-opening and change."""
    rules = ["repeats"] if clock.repeats else []
    rules += ["agreed"] if clock.agreed else []
    rules += [_REOPENING[clock.reopening]] if clock.reopening in _REOPENING else []
    if Dimension.PRIORITY in dimensions_of(clock.within):
        rules.append(clock.on_change.value)
    return rules


def _shared(rules: Sequence[Sequence[str]]) -> list[str]:
    """The sentences that hold for all of several clocks."""
    first, *rest = rules
    return [name for name in first if rest and all(name in other for other in rest)]


def _units(clocks: Iterable[ClockRule]) -> Iterator[str]:
    """The explanations of the units that the targets have."""
    lengths = [
        length
        for clock in clocks
        for _, promise in values_of(clock.within)
        if (length := length_of(promise)) is not None
    ]
    if any(length.unit in _OPEN_UNITS for length in lengths):
        yield "unit_business_hours"
    if any(length.unit is Unit.BUSINESS_DAY and not length.end_of_day for length in lengths):
        yield "unit_business_days"
    if any(length.end_of_day for length in lengths):
        yield "unit_end_of_day"
    if any(length.unit is Unit.FOLLOWING_WEEK for length in lengths):
        yield "unit_following_week"
    if any(length.unit in _ELAPSED_UNITS for length in lengths):
        yield "unit_elapsed"


def lengths_of(clock: ClockRule) -> Iterator[Duration]:
    """The durations of a target."""
    for _, promise in values_of(clock.within):
        length = length_of(promise)
        if length is not None:
            yield length
