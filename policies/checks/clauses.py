"""Clauses: a rule refers to declared clauses only, and every declared clause is used."""

# ruff: noqa: D103 - the name of a check states what must be true

from collections.abc import Iterator

from policies.checks.references import clause_references, undeclared
from policies.documents.paths import NoSuchValue, replace, steps_of
from policies.documents.problems import Finding
from policies.schema.policy import SupportPolicy


def clauses_in_use_are_declared(policy: SupportPolicy) -> Iterator[Finding]:
    yield from undeclared("clause", clause_references(policy), policy.clauses)


def declared_clauses_are_used(policy: SupportPolicy) -> Iterator[Finding]:
    used = {reference.name for reference in clause_references(policy)}
    for clause in policy.clauses:
        if clause not in used:
            yield Finding(
                ("clauses", clause),
                f'no rule or reading refers to the clause "{clause}"',
                "name it in a rule, or explain in `readings` how it is kept",
                clause,
                about_key=True,
            )


def other_readings_replace_values_of_the_policy(policy: SupportPolicy) -> Iterator[Finding]:
    for i, reading in enumerate(policy.readings):
        for j, other in enumerate(reading.instead):
            data = policy.model_dump(mode="json")
            for path, value in other.overrides.items():
                try:
                    replace(data, steps_of(path), value)
                except NoSuchValue as error:
                    here = ("readings", i, "instead", j, "overrides", path)
                    yield Finding(here, error.wrong, error.right, reading.clause, about_key=True)


CHECKS = (
    clauses_in_use_are_declared,
    declared_clauses_are_used,
    other_readings_replace_values_of_the_policy,
)
