"""Clauses: every rule follows from one, and every one is kept by something."""

# ruff: noqa: D103 - the name of a rule is the sentence it checks

from collections.abc import Iterator

from policies.checks.references import clause_references, unknown
from policies.documents.problems import Finding
from policies.schema.policy import SupportPolicy


def every_rule_names_a_clause_of_the_page(policy: SupportPolicy) -> Iterator[Finding]:
    yield from unknown("clause", clause_references(policy), policy.clauses)


def every_clause_is_kept_by_something(policy: SupportPolicy) -> Iterator[Finding]:
    named = {mention.name for mention in clause_references(policy)}
    for clause in policy.clauses:
        if clause not in named:
            yield Finding(
                ("clauses", clause),
                f'nothing in this policy names the clause "{clause}"',
                "let a rule name it, or say in `readings` how it is kept",
                clause,
                about_key=True,
            )


CHECKS = (every_rule_names_a_clause_of_the_page, every_clause_is_kept_by_something)
