"""The terms of a clock, for every priority that its ticket may get.

The priority of a ticket may change, so the targets of all priorities are pinned, and the calendar
of each priority whose support hours differ.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from policies.i18n.locales import words_in
from policies.schema.clocks import ClockRule, NoGuarantee, Within, length_of
from policies.schema.tables import OTHERWISE, Dimension, Table
from policies.terms.raised_levels import ladder_terms
from policies.terms.ticket_terms import (
    NOTHING_PROMISED,
    ClockTerms,
    LevelTerms,
    PromiseTerms,
)


class Variant(NamedTuple):
    """The ticket with one priority: its values in tables, and the calendar of its support hours."""

    values: dict[Dimension, str]
    hours: str | None


def clock_terms(
    name: str,
    rule: ClockRule,
    variants: Mapping[str | None, Variant],
    locales: tuple[str, str],
    levels: Sequence[LevelTerms],
) -> ClockTerms:
    """The terms of a clock. `variants` has the ticket as it is under None, `levels` the levels of
    management that it can be raised to.
    """
    calendar = select(rule.calendar, variants[None].values)
    return ClockTerms(
        name=name,
        clause=rule.clause,
        starts=rule.starts,
        stops=rule.stops,
        cancels=rule.cancels,
        promises=_promises(rule, variants, locales),
        calendar=calendar,
        cut_off=rule.cut_off,
        pauses=rule.pauses,
        ladder=tuple(ladder_terms(rule.ladder, levels)),
        reopening=rule.reopening,
        on_change=rule.on_change,
        lateness=rule.lateness,
        repeats=rule.repeats,
        promised=rule.promised,
        reminds=rule.reminds,
        announced=rule.announced,
    )


def calendars_of(clocks: Iterable[ClockTerms]) -> Iterator[str]:
    """The calendars that clocks name."""
    for clock in clocks:
        promises = clock.promises.values()
        yield from filter(None, (clock.calendar, *(promise.calendar for promise in promises)))


def select(choice: Table[Any] | Any, values: Mapping[Dimension, str]) -> Any:
    """The value of a table, None if it has none, or the value that stands in its place."""
    return choice.pick(values) if isinstance(choice, Table) else choice


def _promises(
    rule: ClockRule, variants: Mapping[str | None, Variant], locales: tuple[str, str]
) -> dict[str, PromiseTerms]:
    own = variants[None]
    fixed = dict(own.values)
    fixed.pop(Dimension.PRIORITY, None)
    targets = rule.within.narrow(fixed) if isinstance(rule.within, Table) else rule.within
    cells = targets.cells if isinstance(targets, Table) else {OTHERWISE: targets}
    promises = {priority: _promise_terms(cell, locales) for priority, cell in cells.items()}
    counted_on = select(rule.calendar, own.values) or own.hours
    for priority, variant in variants.items():
        calendar = select(rule.calendar, variant.values) or variant.hours
        if priority is not None and calendar != counted_on:
            # The hours also decide whether the ticket came in outside of them.
            cell = select(rule.within, variant.values)
            promise = NOTHING_PROMISED if cell is None else _promise_terms(cell, locales)
            promises[priority] = promise.model_copy(update={"calendar": calendar})
    return promises


def _promise_terms(cell: Any, locales: tuple[str, str]) -> PromiseTerms:
    if isinstance(cell, NoGuarantee):
        return PromiseTerms(
            guarantee=cell.guarantee, says=words_in(cell.says, *locales), clause=cell.clause
        )
    length = length_of(cell)
    if length is None:
        raise TypeError(f"the clock has no target for this ticket: {cell!r}")
    return PromiseTerms(within=length, clause=cell.clause if isinstance(cell, Within) else None)
