"""What the rows and columns of a page's table stand for: plans, priorities, regions, clocks.

`Critical | 4 hours | 1 hour` under `Priority | Foundation | Professional` has its times at
priority `critical` and plans `foundation` and `professional`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policies.i18n.locales import by_locale
from policies.page.comparison.page_text import Sentence
from policies.page.comparison.quantities import Kind, Numbers, Quantity
from policies.page.comparison.reading import Number, normal, numbers_in
from policies.page.sections.targets import promised_clocks
from policies.page.wording.words import LANGUAGES, Words
from policies.schema.clocks import ClockRule, NoGuarantee, length_of
from policies.schema.policy import Labelled, SupportPolicy
from policies.schema.tables import Dimension, Table, values_of

_TIMES = frozenset((Kind.ELAPSED, Kind.OPEN, Kind.BUSINESS_DAYS))
_DIMENSIONS = (Dimension.PRIORITY, Dimension.PLAN, Dimension.REGION)
_CLOCK = "clock"
_ANY_YEAR = 2026


@dataclass(frozen=True)
class TablePlace:
    """A cell of a page's table: its name for readers, and the times that the policy has for it."""

    name: str
    numbers: Numbers
    texts: str
    clause: str


class TablePlaces:
    """Finds the places of numbers in tables, by the names of one policy."""

    def __init__(self, policy: SupportPolicy) -> None:
        self._clocks = promised_clocks(policy)
        self._names = _names_of(policy)
        self._places: dict[tuple[tuple[str, str], ...], TablePlace | None] = {}

    def place_of(self, sentence: Sentence, number: Number) -> TablePlace | None:
        """The place of a time in a table; None elsewhere, and where nothing is named."""
        is_time = any(each.kind in _TIMES for each in number.alternatives)
        at = sentence.cell_at(number.start)
        if not is_time or not sentence.columns or not at:
            return None
        header = sentence.columns[at] if at < len(sentence.columns) else ""
        first = sentence.columns[0]
        names = dict(filter(None, (self._named(sentence.first_cell, first), self._named(header))))
        key = tuple(sorted(names.items()))
        if key not in self._places:
            self._places[key] = self._place(names)
        return self._places[key]

    def _named(self, cell: str, title: str = "") -> tuple[str, str] | None:
        """The dimension and name that a cell stands for. `1` under `Category` is `category 1`."""
        text = normal(cell).strip()
        shorter = re.split(r" [(-]|:", text)[0]
        for each in (text, shorter, f"{normal(title)} {text}"):
            if each in self._names:
                return self._names[each]
        return None

    def _place(self, names: Mapping[str, str]) -> TablePlace | None:
        dimensions = {d for clock in self._clocks.values() for d in _dimensions(clock)}
        values = {d: name for d, name in names.items() if d in dimensions}
        if not values:
            return None
        numbers, texts, clause = Numbers(), dict[str, None](), ""
        for name, clock in self._clocks.items():
            if names.get(_CLOCK, name) != name:
                continue
            clause = clause or clock.clause
            for promise in _promises(clock, values):
                length = length_of(promise)
                if length is not None:
                    numbers.add(Quantity.of(length), always_open=False)
                    texts[str(length)] = None
                    clause = getattr(promise, "clause", None) or clock.clause
                elif isinstance(promise, NoGuarantee) and promise.says:
                    for quantity in _numbers_of(promise.says):
                        numbers.add(quantity, always_open=False)
        shown = ", ".join(name.replace("_", " ") for name in names.values())
        return TablePlace(shown, numbers, ", ".join(texts) or "no time", clause)


def _numbers_of(says: str | Mapping[str, str]) -> Iterator[Quantity]:
    for text in by_locale(says, "").values():
        for number in numbers_in(text):
            yield from number.alternatives


def _dimensions(clock: ClockRule) -> Sequence[str]:
    return clock.within.by if isinstance(clock.within, Table) else ()


def _promises(clock: ClockRule, values: Mapping[str, str]) -> Iterator[object]:
    within = clock.within
    narrowed = within.narrow(values) if isinstance(within, Table) else within
    return (promise for _, promise in values_of(narrowed))


def _names_of(policy: SupportPolicy) -> dict[str, tuple[str, str]]:
    """The names of plans, priorities, regions and clocks; one that means two things is left out."""
    found: dict[str, tuple[str, str]] = {}
    ambiguous: set[str] = set()
    for dimension, slug, name in _all_names(policy):
        key = normal(name).strip()
        meaning = (str(dimension), slug)
        if found.setdefault(key, meaning) != meaning:
            ambiguous.add(key)
    return {name: meaning for name, meaning in found.items() if name and name not in ambiguous}


def _all_names(policy: SupportPolicy) -> Iterator[tuple[str, str, str]]:
    values = {
        Dimension.PRIORITY: policy.priorities,
        Dimension.PLAN: policy.plans,
        Dimension.REGION: policy.regions,
    }
    kinds = [(d, Labelled(d), tuple(values[d])) for d in _DIMENSIONS]
    kinds += [(_CLOCK, Labelled.CLOCK, tuple(promised_clocks(policy)))]  # type: ignore[list-item]
    for dimension, labelled, slugs in kinds:
        for slug in slugs:
            yield dimension, slug, slug.replace("_", " ")
            label = policy.labels.get(labelled, {}).get(slug, {})
            yield from ((dimension, slug, text) for text in by_locale(label, "").values())
            for language in LANGUAGES:
                shown = Words(policy, language, _ANY_YEAR).name(labelled, slug)
                yield from ((dimension, slug, each) for each in (shown, *re.split(r"\s–\s", shown)))
