"""Cases of checks: a sample policy with one error in it."""

from typing import NamedTuple

from tests.policies.sample_documents import broken, places_marked, problems_in


class Case(NamedTuple):
    """A passage, its replacement (with a mark at the place of the problem), and the message."""

    old: str
    new: str
    path: str
    wrong: str
    right: str = ""

    @property
    def text(self) -> str:
        """The sample with the passage replaced."""
        return broken(self.old, self.new)


def assert_is_reported(case: Case) -> None:
    found = {problem.path: problem for problem in problems_in(case.text)}
    assert case.path in found
    problem = found[case.path]
    assert case.wrong in problem.wrong
    assert case.right in problem.right
    assert (problem.line, problem.column) in places_marked(case.text)
