"""Which requests a rule is for, in words, and the dimensions on which values can depend."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from policies.page.sections.branches import Axis
from policies.page.wording.words import SPACE, Words
from policies.schema.policy import Labelled, SupportPolicy
from policies.schema.tables import SEPARATOR, Dimension, Table, fact_of
from policies.vocabulary import Received

_ORDER = (Dimension.REGION, Dimension.PLAN, Dimension.KIND, Dimension.CHANNEL, Dimension.RECEIVED)
_YES_NO = {"en": {"true": "Yes", "false": "No"}, "fr": {"true": "Oui", "false": "Non"}}


def axis_of(policy: SupportPolicy, dimension: str) -> Axis:
    """A dimension with all its names; none if the policy does not have it."""
    fact = fact_of(dimension)
    if fact is not None:
        return Axis(dimension, tuple(policy.facts[fact].choices) or ("true", "false"))
    names: Mapping[str, Iterable[str]] = {
        Dimension.PLAN: policy.plans,
        Dimension.PRIORITY: policy.priorities,
        Dimension.KIND: policy.kinds,
        Dimension.REGION: policy.regions,
        Dimension.CHANNEL: dict.fromkeys(c for rule in policy.channels for c in rule.channels),
        Dimension.RECEIVED: (Received.INSIDE_HOURS, Received.OUTSIDE_HOURS),
    }
    return Axis(dimension, tuple(names[dimension]))


def axes_of(
    policy: SupportPolicy, dimensions: Iterable[str], tables: Iterable[object] | None = None
) -> tuple[Axis, ...]:
    """The dimensions with their names, region and plan first, facts later, the priority last. With
    `tables`, the values depend on these tables alone.
    """
    axes = [axis_of(policy, each) for each in dict.fromkeys(dimensions)]
    if tables is not None:
        rows = _rows_of(tables)
        axes = [replace(axis, mentioned=frozenset(rows.get(axis.dimension, ()))) for axis in axes]
    return tuple(sorted((a for a in axes if a.names), key=lambda axis: _rank(axis.dimension)))


def _rows_of(tables: Iterable[object]) -> dict[str, set[str]]:
    """The names of the rows of tables, by dimension."""
    rows: dict[str, set[str]] = {}
    for table in tables:
        if isinstance(table, Table):
            for key in table.cells:
                for dimension, name in zip(table.by, key.split(SEPARATOR), strict=False):
                    rows.setdefault(dimension, set()).add(name)
    return rows


def _rank(dimension: str) -> int:
    if dimension == Dimension.PRIORITY:
        return len(_ORDER) + 1
    return len(_ORDER) if fact_of(dimension) else _ORDER.index(Dimension(dimension))


def name_of(words: Words, dimension: str, name: str) -> str:
    """One name of a dimension as customers know it."""
    fact = fact_of(dimension)
    if fact is not None:
        return _answer(words, fact, name)
    if dimension == Dimension.RECEIVED:
        return words.plain("inside" if name == Received.INSIDE_HOURS else "outside")
    return words.name(Labelled(dimension), name)


def names_of(words: Words, dimension: str, names: Iterable[str]) -> str:
    """Several names of a dimension, joined."""
    several = tuple(names)
    is_named = fact_of(dimension) is None and dimension != Dimension.RECEIVED
    if len(several) > 1 and is_named:
        shown = words.names(Labelled(dimension), several)
    else:
        shown = words.joined([name_of(words, dimension, name) for name in several])
    return shown[:1].upper() + shown[1:]


def _answer(words: Words, fact: str, name: str) -> str:
    rule = words.policy.facts[fact]
    if name in rule.choices:
        return words.text(rule.choices[name]).words
    question = words.text(rule.ask).words
    return f"{question}{SPACE if words.language == 'fr' else ' '}{_YES_NO[words.language][name]}"


def requests_of(words: Words, **names: Iterable[str]) -> str:
    """The requests of a rule by its conditions, such as `plans=("gold",)`; empty for all."""
    kinds = {
        "plans": Labelled.PLAN,
        "kinds": Labelled.KIND,
        "priorities": Labelled.PRIORITY,
        "regions": Labelled.REGION,
        "channels": Labelled.CHANNEL,
    }
    parts = [words.names(kinds[key], slugs) for key, slugs in names.items() if tuple(slugs)]
    return "; ".join(parts)


def conditions_of(
    words: Words, received: Iterable[str], facts: Mapping[str, Iterable[str]]
) -> list[str]:
    """Conditions on the time of receipt and on facts."""
    parts = [name_of(words, Dimension.RECEIVED, each) for each in received]
    for fact, rows in facts.items():
        parts.append(words.joined([_answer(words, fact, row) for row in rows], "or"))
    return parts


def with_requests(words: Words, text: str, requests: str) -> str:
    """A text with the requests it is for in brackets, if it is not for all."""
    return words.plain("for_who", name=text, who=requests) if requests else text
