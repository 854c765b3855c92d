"""A policy whose parts disagree, and what is said of it."""

from typing import NamedTuple

from tests.policies.sample_documents import broken, places_marked, problems_in


class Case(NamedTuple):
    """A passage, what it is replaced by (marked where the problem must point), and what is said."""

    old: str
    new: str
    path: str
    wrong: str
    right: str = ""

    @property
    def text(self) -> str:
        """The sample with the passage replaced, and the mark."""
        return broken(self.old, self.new)


def assert_is_reported(case: Case) -> None:
    """The disagreement is reported where it stands, with what would be right."""
    found = {problem.path: problem for problem in problems_in(case.text)}
    assert case.path in found
    problem = found[case.path]
    assert case.wrong in problem.wrong
    assert case.right in problem.right
    assert (problem.line, problem.column) in places_marked(case.text)
