"""Answers: a table has one for every ticket there can be, and none for tickets there cannot be."""

# ruff: noqa: D103 - the name of a rule is the sentence it checks

from collections.abc import Iterator
from typing import Any

from policies.checks.places import unknown_locale
from policies.checks.references import declared, parts, tables
from policies.documents.problems import Finding, Path
from policies.documents.suggestions import one_of
from policies.schema.clocks import NoGuarantee
from policies.schema.policy import SupportPolicy
from policies.schema.tables import OTHERWISE, SEPARATOR, Dimension, Table

Rows = list[tuple[str, ...]]
Declared = dict[Dimension, tuple[str, ...]]

_DECLARED_UNDER = {
    Dimension.PLAN: "plans",
    Dimension.PRIORITY: "priorities",
    Dimension.KIND: "kinds",
    Dimension.REGION: "regions",
    Dimension.CHANNEL: "channels",
    Dimension.RECEIVED: "support_hours",
}


def dimensions_are_declared(policy: SupportPolicy) -> Iterator[Finding]:
    known = declared(policy)
    for path, table in tables(policy):
        for i, dimension in enumerate(table.by):
            if not known[dimension]:
                wrong = f"a table goes by {dimension}, but none is declared"
                right = f"declare them under `{_DECLARED_UNDER[dimension]}`"
                yield Finding((*path, "by", i), wrong, right)
            if dimension in table.by[:i]:
                yield Finding((*path, "by", i), f"{dimension} is named twice", "name it once")


def cells_are_for_declared_values(policy: SupportPolicy) -> Iterator[Finding]:
    known = declared(policy)
    for path, table in tables(policy):
        for row, dimension, name in _named_in(table):
            if name != OTHERWISE and known[dimension] and name not in known[dimension]:
                wrong = f'the {dimension} "{name}" is not declared'
                right = one_of(name, (*known[dimension], OTHERWISE))
                yield Finding((*path, "cells", *row), wrong, right, about_key=True)


def tables_answer_every_ticket(policy: SupportPolicy) -> Iterator[Finding]:
    known = declared(policy)
    for path, table in tables(policy):
        yield from _gaps(table, _rows(table), known, (*path, "cells"))


def defaults_are_declared(policy: SupportPolicy) -> Iterator[Finding]:
    known = declared(policy)
    for dimension, name in policy.defaults.items():
        if name not in known[dimension]:
            wrong = f'the {dimension} "{name}" is not declared'
            yield Finding(("defaults", dimension), wrong, one_of(name, known[dimension]))


def words_are_there_in_the_policys_language(policy: SupportPolicy) -> Iterator[Finding]:
    language = policy.locale.replace("_", "-").partition("-")[0]
    if any(unknown_locale((), policy.locale)):
        return
    for path, part in parts(policy):
        said = part.says.keys() if isinstance(part, NoGuarantee) else ()
        if said and not {policy.locale, language} & set(said):
            wrong = f'there are no words in the language of the policy, "{policy.locale}"'
            yield Finding((*path, "says"), wrong, f"add {language}: ...")


def _gaps(
    table: Table[Any], rows: Rows, known: Declared, path: Path, level: int = 0
) -> Iterator[Finding]:
    """Values without a cell, level by level, so that each row is looked at once."""
    if () in rows or level == len(table.by):
        return
    dimension = table.by[level]
    named = list(dict.fromkeys(row[0] for row in rows))
    missing = [value for value in known[dimension] if value not in named]
    if missing and OTHERWISE not in named:
        values = ", ".join(missing)
        wrong = f"no cell answers for the {dimension} {values}"
        yield Finding(path, wrong, f"add {missing[0]}, or `otherwise` for all the rest")
    for name in named:
        below = [row[1:] for row in rows if row[0] == name]
        yield from _gaps(table, below, known, (*path, name), level + 1)


def _rows(table: Table[Any]) -> Rows:
    return [tuple(key.split(SEPARATOR)) for key in table.cells]


def _named_in(table: Table[Any]) -> Iterator[tuple[tuple[str, ...], Dimension, str]]:
    """Each name in the table once, with the row it stands in and its dimension."""
    seen = set()
    for row in _rows(table):
        for level, name in enumerate(row[: len(table.by)]):
            here = row[: level + 1]
            if here not in seen:
                seen.add(here)
                yield here, table.by[level], name


CHECKS = (
    dimensions_are_declared,
    cells_are_for_declared_values,
    tables_answer_every_ticket,
    defaults_are_declared,
    words_are_there_in_the_policys_language,
)
