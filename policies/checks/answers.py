"""Tables and defaults: a value for every ticket that is possible, and for no other."""

# ruff: noqa: D103 - the name of a check states what must be true

from collections.abc import Iterator
from typing import Any

from policies.checks.places import unknown_locale
from policies.checks.references import declared, parts, repeated, tables
from policies.documents.problems import Finding, Path
from policies.documents.suggestions import one_of
from policies.schema.clocks import NoGuarantee
from policies.schema.policy import SupportPolicy
from policies.schema.tables import FACTS, OTHERWISE, SEPARATOR, Dimension, Table, fact_of

Rows = list[tuple[str, ...]]
Declared = dict[str, tuple[str, ...]]

_AVAILABILITY: Path = ("remedies", "availability", "percent")
_DECLARED_UNDER: dict[str, str] = {
    Dimension.PLAN: "plans",
    Dimension.PRIORITY: "priorities",
    Dimension.KIND: "kinds",
    Dimension.REGION: "regions",
    Dimension.CHANNEL: "channels",
    Dimension.RECEIVED: "support_hours",
}


def table_dimensions_are_declared(policy: SupportPolicy) -> Iterator[Finding]:
    known = declared(policy)
    for path, table in tables(policy):
        for i, dimension in enumerate(table.by):
            if fact := fact_of(dimension):
                yield from _unusable_fact(policy, fact, (*path, "by", i))
            elif not known[dimension]:
                wrong = f'a table uses the dimension "{dimension}", which has no values'
                right = f"add `{_DECLARED_UNDER[dimension]}` to the policy"
                yield Finding((*path, "by", i), wrong, right)
        for i, dimension in repeated(table.by):
            yield Finding((*path, "by", i), f'"{dimension}" is given twice', "remove one of them")


def table_cells_use_declared_values(policy: SupportPolicy) -> Iterator[Finding]:
    known = declared(policy)
    for path, table in tables(policy):
        for row, dimension, name in _names_in(table):
            values, fact = known.get(dimension, ()), fact_of(dimension)
            if name != OTHERWISE and values and name not in values:
                wrong = f'the {dimension} "{name}" is not declared'
                if fact:
                    wrong = f'"{name}" is not a value of the fact "{fact}"'
                right = one_of(name, (*values, OTHERWISE))
                yield Finding((*path, "cells", *row), wrong, right, about_key=True)


def tables_have_a_value_for_every_ticket(policy: SupportPolicy) -> Iterator[Finding]:
    known = declared(policy)
    for path, table in tables(policy):
        # A plan without a cell has no promised availability.
        if path != _AVAILABILITY:
            yield from _gaps(table, _rows(table), known, (*path, "cells"))


def defaults_use_declared_values(policy: SupportPolicy) -> Iterator[Finding]:
    known = declared(policy)
    for dimension, name in policy.defaults.items():
        if name not in known[dimension]:
            wrong = f'the {dimension} "{name}" is not declared'
            yield Finding(("defaults", dimension), wrong, one_of(name, known[dimension]))


def guarantee_texts_include_the_policys_language(policy: SupportPolicy) -> Iterator[Finding]:
    language = policy.locale.replace("_", "-").partition("-")[0]
    if any(unknown_locale((), policy.locale)):
        return
    for path, part in parts(policy):
        says = part.says if isinstance(part, NoGuarantee) else None
        locales = says.keys() if isinstance(says, dict) else ()
        if locales and not {policy.locale, language} & set(locales):
            wrong = f'the text is missing in the language of the policy, "{policy.locale}"'
            yield Finding((*path, "says"), wrong, f'add "{language}: ..."')


def _gaps(
    table: Table[Any], rows: Rows, known: Declared, path: Path, level: int = 0
) -> Iterator[Finding]:
    """Values without a cell, level by level, so that each row is visited once."""
    if () in rows or level == len(table.by):
        return
    dimension = table.by[level]
    named = list(dict.fromkeys(row[0] for row in rows))
    missing = [value for value in known.get(dimension, ()) if value not in named]
    if fact_of(dimension) and OTHERWISE not in named:
        wrong = f'the table has no cell for tickets without the fact "{fact_of(dimension)}"'
        yield Finding(path, wrong, "add `otherwise`")
    elif missing and OTHERWISE not in named:
        values = ", ".join(f'"{value}"' for value in missing)
        wrong = f"the table has no cell for the {dimension} {values}"
        yield Finding(path, wrong, f'add "{missing[0]}", or `otherwise` for all other values')
    for name in named:
        below = [row[1:] for row in rows if row[0] == name]
        yield from _gaps(table, below, known, (*path, name), level + 1)


def _unusable_fact(policy: SupportPolicy, name: str, path: Path) -> Iterator[Finding]:
    """A table needs a declared fact whose values are known."""
    usable = tuple(f for f in policy.facts if declared(policy)[FACTS + f])
    if name not in policy.facts:
        wrong = f'a table uses the fact "{name}", which is not declared'
        right = one_of(name, usable) if usable else f"declare `{name}` under `facts`"
        yield Finding(path, wrong, right)
    elif name not in usable:
        wrong = f'a table uses the fact "{name}", which has no choices'
        yield Finding(path, wrong, f"add `choices` to `facts.{name}`, or make it a `bool`")


def _rows(table: Table[Any]) -> Rows:
    return [tuple(key.split(SEPARATOR)) for key in table.cells]


def _names_in(table: Table[Any]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Each name in the table once, with its row and its dimension."""
    seen = set()
    for row in _rows(table):
        for level, name in enumerate(row[: len(table.by)]):
            here = row[: level + 1]
            if here not in seen:
                seen.add(here)
                yield here, table.by[level], name


CHECKS = (
    table_dimensions_are_declared,
    table_cells_use_declared_values,
    tables_have_a_value_for_every_ticket,
    defaults_use_declared_values,
    guarantee_texts_include_the_policys_language,
)
