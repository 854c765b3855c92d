"""A page compared with its policy: the numbers that only one of them has.

Numbers are compared as sets, whatever their order: whether a page gives the right one to each
plan and priority is for a reader to see.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from policies.documents.problems import Finding
from policies.page.comparison.clauses import ClauseFinder
from policies.page.comparison.page_text import Sentence
from policies.page.comparison.promises import Promise, closed_days, promises_of
from policies.page.comparison.quantities import Kind, Quantity, agree
from policies.page.comparison.reading import Number, counts_in_hours, numbers_in
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


def _holidays(policy: SupportPolicy, found: Iterable[_Found], year: int) -> Iterator[Promise]:
    """The special days of the years of the page. A page that lists some of a year has to list all
    of them.
    """
    dates = {
        date(*quantity.value)
        for each in found
        for quantity in each.number.alternatives
        if isinstance(quantity.value, tuple) and quantity.value[0] <= LAST_YEAR
    }
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
    finder = ClauseFinder(policy)
    seen: set[tuple[int, tuple[Quantity, ...]]] = set()
    known: dict[tuple[Quantity, ...], bool] = {}
    for each in found:
        quantities = each.number.alternatives
        if quantities not in known:
            known[quantities] = _is_known(quantities, promises, in_hours)
        if known[quantities] or (each.sentence.line, quantities) in seen:
            continue
        seen.add((each.sentence.line, quantities))
        text = each.sentence.text[each.number.start : each.number.end]
        clause = finder.clause_of(each.sentence)
        wrong = f'only the page has "{text}": {_excerpt(each)}'
        right = _suggestion(quantities[0], clause, promises)
        yield PageFinding(each.sentence.line, 1, wrong, right, clause)


def _is_known(quantities: Iterable[Quantity], promises: Iterable[Promise], in_hours: bool) -> bool:
    wanted = tuple(quantities)
    return any(
        agree(on_page, quantity, always_open=promise.always_open, in_hours=in_hours)
        for promise in promises
        for quantity in promise.quantities
        for on_page in wanted
    )


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
    texts = [*dict.fromkeys(p.text for p in of_clause or alike)][:_MOST_SUGGESTIONS]
    return f"the policy has {', '.join(texts)}" if texts else ""


def _only_in_policy(
    found: Iterable[_Found], promises: Iterable[Promise], in_hours: bool
) -> Iterator[Finding]:
    on_page = {quantity for each in found for quantity in each.number.alternatives}
    seen: set[tuple[tuple[Quantity, ...], str]] = set()
    for promise in promises:
        key = (promise.quantities, promise.clause)
        if not promise.required or key in seen:
            continue
        seen.add(key)
        is_there = all(
            any(
                agree(each, wanted, always_open=promise.always_open, in_hours=in_hours)
                for each in on_page
            )
            for wanted in promise.quantities
        )
        if not is_there:
            wrong = f'only the policy has "{promise.text}", and not the page'
            yield Finding(promise.path, wrong, "", promise.clause)
