"""A page compared with its policy: the numbers that only one of them has.

A number has to be anywhere on the other side. In a table whose rows and columns are named after
plans, priorities, regions or clocks, a time has to be one of those of its row and column.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from policies.documents.problems import Finding
from policies.page.comparison.clauses import ClauseFinder
from policies.page.comparison.page_text import Sentence
from policies.page.comparison.promise import Promise
from policies.page.comparison.promises import closed_days, promises_of
from policies.page.comparison.quantities import Kind, Numbers, Quantity, as_open_time
from policies.page.comparison.reading import Number, counts_in_hours, numbers_in
from policies.page.comparison.table_places import TablePlaces
from policies.schema.fields import LAST_YEAR
from policies.schema.policy import SupportPolicy

_YEAR = re.compile(r"\b20\d\d\b")
_LONGEST = 120
_MOST_SUGGESTIONS = 3
_TIMES = frozenset((Kind.ELAPSED, Kind.OPEN, Kind.BUSINESS_DAYS))


@dataclass(frozen=True)
class PageFinding:
    """A number of the page that the policy does not have: its line, its sentence, the clause that
    it seems to belong to, and the numbers that the policy has instead.
    """

    line: int
    column: int
    wrong: str
    right: str
    clause: str


@dataclass(frozen=True)
class Comparison:
    """What only the page has, and what only the policy has, in the order of each."""

    of_page: tuple[PageFinding, ...]
    of_policy: tuple[Finding, ...]


@dataclass(frozen=True)
class _Found:
    sentence: Sentence
    number: Number


def compare(policy: SupportPolicy, sentences: Sequence[Sentence], year: int) -> Comparison:
    """The differences between a policy and the sentences of a page. A date without a year has the
    year of its heading, else `year`.
    """
    found = [
        _Found(each, _dated(number, _year_of(each.heading) or year))
        for each in sentences
        for number in numbers_in(each.text)
    ]
    in_hours = any(counts_in_hours(sentence.text) for sentence in sentences)
    promises = [*promises_of(policy), *_holidays(policy, found, year)]
    of_page = tuple(_only_on_page(policy, found, promises, in_hours))
    return Comparison(of_page, tuple(_only_in_policy(found, promises, in_hours)))


def _year_of(heading: str) -> int:
    """The year that a heading names; 0 if it names none, or several."""
    years = set(_YEAR.findall(heading))
    return int(years.pop()) if len(years) == 1 else 0


def _dated(number: Number, year: int) -> Number:
    """A number whose dates have a year."""
    dated = tuple(
        replace(each, value=(year, *each.value[1:]))
        if isinstance(each.value, tuple) and not each.value[0]
        else each
        for each in number.alternatives
    )
    return number._replace(alternatives=dated)


def _existing(values: Iterable[object]) -> Iterator[date]:
    """The dates among values; 29 February exists in leap years only."""
    for value in values:
        if isinstance(value, tuple) and value[0] <= LAST_YEAR:
            with suppress(ValueError):
                yield date(*value)


def _holidays(policy: SupportPolicy, found: Iterable[_Found], year: int) -> Iterator[Promise]:
    """The special days of the years of the page. A page that lists some of a year has to list all
    of them.
    """
    values = {quantity.value for each in found for quantity in each.number.alternatives}
    dates = set(_existing(values))
    for each in sorted({day.year for day in dates} | {year}):
        days = closed_days(policy, range(each, each + 1))
        names_some = bool(days.keys() & (dates - {policy.revision}))
        for promise in days.values():
            yield Promise(
                promise.quantities, promise.text, promise.path, promise.clause, names_some
            )


def _only_on_page(
    policy: SupportPolicy, found: Iterable[_Found], promises: Sequence[Promise], in_hours: bool
) -> Iterator[PageFinding]:
    finder, known, tables = ClauseFinder(policy), _numbers_of(promises), TablePlaces(policy)
    others = _numbers_of(p for p in promises if p.path[:1] not in (("clocks",), ("clauses",)))
    seen: set[tuple[int, tuple[Quantity, ...]]] = set()
    for each in found:
        quantities = each.number.alternatives
        if (each.sentence.line, quantities) in seen or not each.number.certain:
            continue
        place = tables.place_of(each.sentence, each.number)
        clause = finder.clause_of(each.sentence)
        wrong = right = ""
        if each.number.contradicts_itself:
            wrong, right = "words and brackets differ in", "write the same number in both"
        elif not _is_known(quantities, known, in_hours):
            wrong, right = "only the page has", _suggestion(quantities[0], clause, promises)
        elif place is not None and not (
            _is_known(quantities, others, in_hours)
            or _is_known(quantities, place.numbers, in_hours)
        ):
            wrong, right = f"for {place.name} only the page has", f"the policy has {place.texts}"
            clause = place.clause
        if wrong:
            seen.add((each.sentence.line, quantities))
            text = each.sentence.text[each.number.start : each.number.end]
            wrong = f'{wrong} "{text}": {_excerpt(each)}'
            yield PageFinding(each.sentence.line, 1, wrong, right, clause)


def _numbers_of(promises: Iterable[Promise]) -> Numbers:
    numbers = Numbers()
    for promise in promises:
        for quantity in promise.quantities:
            numbers.add(quantity, always_open=promise.always_open)
    return numbers


def _is_known(quantities: Iterable[Quantity], known: Numbers, in_hours: bool) -> bool:
    """Whether one of the alternatives is known."""
    for quantity in quantities:
        if known.has(quantity):
            return True
        in_open_time = as_open_time(quantity) if in_hours else None
        if in_open_time is not None and known.has(in_open_time):
            return True
    return False


def _excerpt(found: _Found) -> str:
    """The sentence around a number."""
    text, number = found.sentence.text, found.number
    if len(text) <= _LONGEST:
        return f"“{text}”"
    begin = max(0, number.start - _LONGEST // 2)
    end = min(len(text), number.end + _LONGEST // 2)
    return f"“{'…' if begin else ''}{text[begin:end].strip()}{'…' if end < len(text) else ''}”"


def _suggestion(quantity: Quantity, clause: str, promises: Iterable[Promise]) -> str:
    """The numbers of the policy that it could be: of this kind, those of the clause first."""
    kinds = _TIMES if quantity.kind in _TIMES else {quantity.kind}
    alike = [p for p in promises if p.quantities[0].kind in kinds and p.clause]
    if quantity.kind is Kind.DATE:
        return "no support day that differs has this date"
    of_clause = [p for p in alike if p.clause == clause]
    by_quantity = {p.quantities: p.text for p in reversed(of_clause or alike)}
    texts = [*reversed(by_quantity.values())][:_MOST_SUGGESTIONS]
    return f"the policy has {', '.join(texts)}" if texts else ""


def _only_in_policy(
    found: Iterable[_Found], promises: Iterable[Promise], in_hours: bool
) -> Iterator[Finding]:
    on_page = Numbers()
    for each in found:
        for quantity in each.number.alternatives:
            on_page.add(quantity)
            in_open_time = as_open_time(quantity) if in_hours else None
            if in_open_time is not None:
                on_page.add(in_open_time)
    seen: set[tuple[tuple[Quantity, ...], str]] = set()
    for promise in promises:
        key = (promise.quantities, promise.clause)
        if not promise.required or key in seen:
            continue
        seen.add(key)
        always_open = promise.always_open
        if not all(on_page.has(each, always_open=always_open) for each in promise.quantities):
            wrong = f'only the policy has "{promise.text}", and not the page'
            yield Finding(promise.path, wrong, "", promise.clause)
