"""Coverage of clauses: the rules that refer to each clause, and the tests that cite it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.checks.references import clause_references
from policies.documents.problems import dotted
from policies.documents.suggestions import one_of
from policies.schema.policy import SupportPolicy

SEPARATOR = "/"


@dataclass(frozen=True)
class Citation:
    """A test that cites a clause (`contently/first-response`), with its place."""

    clause: str
    test: str
    file: str
    line: int


@dataclass(frozen=True)
class ClauseUse:
    """A clause, the paths of the policy that refer to it, and the tests that cite it."""

    policy: str
    clause: str
    used: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is missing for this clause: a rule, a test, or nothing."""
        needed = (("a rule", self.used), ("a test", self.tests))
        return tuple(name for name, present in needed if not present)


def clause_uses(policy: SupportPolicy, citations: Iterable[Citation]) -> Iterator[ClauseUse]:
    """Every clause of a policy, in order."""
    used = [(each.name, dotted(each.path[:-1])) for each in clause_references(policy)]
    cited = [(citation.clause, citation.test) for citation in citations]
    for clause in policy.clauses:
        yield ClauseUse(
            policy=policy.policy,
            clause=clause,
            used=_matching(clause, used),
            tests=_matching(f"{policy.policy}{SEPARATOR}{clause}", cited),
        )


def unknown_citations(
    policies: Iterable[SupportPolicy], citations: Iterable[Citation]
) -> Iterator[str]:
    """A message for each citation of a clause that no policy has."""
    known = [f"{policy.policy}{SEPARATOR}{c}" for policy in policies for c in policy.clauses]
    for citation in citations:
        if citation.clause not in known:
            where = f"{citation.file}:{citation.line}"
            right = one_of(citation.clause, known)
            yield f'{where} {citation.test} cites the unknown clause "{citation.clause}"; {right}'


def _matching(name: str, pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for key, value in pairs if key == name))
