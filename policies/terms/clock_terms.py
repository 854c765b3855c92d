"""The terms of a clock, for every priority and every fact that its ticket may get.

The priority of a ticket may change, so the targets of all priorities are pinned, and the calendar
of each priority whose support hours differ. Where tables go by facts that may change, the table of
targets and that of calendars are pinned, each by the dimensions that it depends on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from policies.i18n.locales import words_in
from policies.schema.clocks import ClockRule, NoGuarantee, Within, length_of
from policies.schema.tables import OTHERWISE, Dimension, Table
from policies.terms.model.clock import BY_PRIORITY, ClockTerms
from policies.terms.model.process import LevelTerms
from policies.terms.model.promise import NOTHING_PROMISED, PromiseTerms
from policies.terms.raised_levels import ladder_terms
from policies.terms.variants import Variant, Variants, has_facts, select


def clock_terms(
    name: str,
    rule: ClockRule,
    support_hours: Any,
    variants: Variants,
    locales: tuple[str, str],
    levels: Sequence[LevelTerms],
) -> ClockTerms:
    """The terms of a clock. `levels` are the levels of management that the ticket can be raised
    to.
    """
    return ClockTerms(
        name=name,
        clause=rule.clause,
        starts=rule.starts,
        stops=rule.stops,
        cancels=rule.cancels,
        **_targets(rule, support_hours, variants, locales),
        cut_off=rule.cut_off,
        pauses=rule.pauses,
        ladder=tuple(ladder_terms(rule.ladder, levels, variants)),
        reopening=rule.reopening,
        on_change=rule.on_change,
        lateness=rule.lateness,
        repeats=rule.repeats,
        promised=rule.promised,
        reminds=rule.reminds,
        on_expiry=rule.on_expiry,
        announced=rule.announced,
        agreed=rule.agreed,
    )


def calendars_of(clocks: Iterable[ClockTerms]) -> Iterator[str]:
    """The calendars that clocks name."""
    for clock in clocks:
        promises = clock.promises.values()
        yield from filter(None, (clock.calendar, *(promise.calendar for promise in promises)))
        yield from clock.calendars.cells.values() if clock.calendars else ()


def _targets(
    rule: ClockRule, support_hours: Any, variants: Variants, locales: tuple[str, str]
) -> dict[str, Any]:
    """The promises, their dimensions, and the calendars if those depend on facts."""
    targets = variants.open_in(rule.within)
    # A table of calendars has a value for every ticket, so that the hours do not count.
    counted_on = variants.open_in(support_hours if rule.calendar is None else rule.calendar)
    if not has_facts((*targets, *counted_on)):
        promises = _promises(rule, variants.by_priority, locales)
        return {"promises": promises, "calendar": select(rule.calendar, variants.now.values)}
    promises = variants.tabulate(targets, lambda variant: _promise(rule, variant, locales))
    calendars = variants.tabulate(counted_on, lambda variant: _calendar(rule, variant))
    terms = {"promises": promises, "by": targets or BY_PRIORITY}
    if counted_on:
        return {**terms, "calendars": Table[str](by=counted_on, cells=calendars)}
    return {**terms, "calendar": select(rule.calendar, variants.now.values)}


def _promises(
    rule: ClockRule, variants: Mapping[str | None, Variant], locales: tuple[str, str]
) -> dict[str, PromiseTerms]:
    own = variants[None]
    fixed = dict(own.values)
    fixed.pop(Dimension.PRIORITY, None)
    targets = rule.within.narrow(fixed) if isinstance(rule.within, Table) else rule.within
    cells = targets.cells if isinstance(targets, Table) else {OTHERWISE: targets}
    promises = {priority: _promise_terms(cell, locales) for priority, cell in cells.items()}
    counted_on = _calendar(rule, own)
    for priority, variant in variants.items():
        calendar = _calendar(rule, variant)
        if priority is not None and calendar != counted_on:
            # The hours also decide whether the ticket came in outside of them.
            promise = _promise(rule, variant, locales) or NOTHING_PROMISED
            promises[priority] = promise.model_copy(update={"calendar": calendar})
    return promises


def _promise(rule: ClockRule, variant: Variant, locales: tuple[str, str]) -> PromiseTerms | None:
    cell = select(rule.within, variant.values)
    return None if cell is None else _promise_terms(cell, locales)


def _calendar(rule: ClockRule, variant: Variant) -> str | None:
    calendar: str | None = select(rule.calendar, variant.values) or variant.hours
    return calendar


def _promise_terms(cell: Any, locales: tuple[str, str]) -> PromiseTerms:
    if isinstance(cell, NoGuarantee):
        return PromiseTerms(
            guarantee=cell.guarantee,
            says=words_in(cell.says or {}, *locales),
            clause=cell.clause,
        )
    length = length_of(cell)
    if length is None:
        raise TypeError(f"the clock has no target for this ticket: {cell!r}")
    return PromiseTerms(within=length, clause=cell.clause if isinstance(cell, Within) else None)
