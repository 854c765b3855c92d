"""The catalogue: every policy of a directory, by slug and by the date its revision is in force."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path

from policies.documents.document import Document
from policies.documents.problems import Finding, PolicyErrors, Problem
from policies.documents.suggestions import one_of
from policies.loading.effective_date import home_zone, takes_effect
from policies.loading.loader import open_document, policy_of
from policies.schema.policy import SupportPolicy

SHIPPED = Path(__file__).parents[1] / "catalog"
"""The policies that come with Durable Desk."""


class UnknownPolicy(LookupError):
    """No policy of this slug, or none in force on that day; the message says what there is."""


class PolicyCatalog:
    """Policies by slug; each slug has one or more revisions, in force from their date on."""

    def __init__(self, policies: Iterable[SupportPolicy]) -> None:
        self._revisions: dict[str, list[SupportPolicy]] = {}
        for policy in sorted(policies, key=lambda policy: (policy.policy, policy.revision)):
            self._revisions.setdefault(policy.policy, []).append(policy)

    @classmethod
    def load(cls, directory: Path | str) -> "PolicyCatalog":
        """Every YAML file of a directory; PolicyErrors with all problems of all files."""
        paths = sorted(p for p in Path(directory).iterdir() if p.suffix in (".yaml", ".yml"))
        problems: list[Problem] = []
        read: list[tuple[Document, SupportPolicy]] = []
        for path in paths:
            try:
                document = open_document(path)
                read.append((document, policy_of(document)))
            except PolicyErrors as error:
                problems += error.problems
        problems += _claimed_twice(read)
        if problems:
            raise PolicyErrors(problems)
        return cls(policy for _, policy in read)

    @classmethod
    @cache
    def shipped(cls) -> "PolicyCatalog":
        """The policies that come with Durable Desk, read once in a process."""
        return cls.load(SHIPPED)

    def __iter__(self) -> Iterator[SupportPolicy]:
        """Every revision of every policy, oldest first within a slug."""
        return (policy for revisions in self._revisions.values() for policy in revisions)

    @property
    def slugs(self) -> tuple[str, ...]:
        """The policies there are."""
        return tuple(self._revisions)

    def revisions(self, slug: str) -> tuple[SupportPolicy, ...]:
        """Every revision of a policy, oldest first; UnknownPolicy when there is none."""
        if slug not in self._revisions:
            raise UnknownPolicy(f'there is no policy "{slug}"; {one_of(slug, self.slugs)}')
        return tuple(self._revisions[slug])

    def revision(self, slug: str, of: date) -> SupportPolicy:
        """The revision of exactly this date, as a ticket has it pinned."""
        for policy in self.revisions(slug):
            if policy.revision == of:
                return policy
        dates = ", ".join(str(policy.revision) for policy in self.revisions(slug))
        raise UnknownPolicy(f'"{slug}" has no revision of {of}; there is {dates}')

    def in_force(self, slug: str, at: datetime) -> SupportPolicy:
        """The revision that holds for requests received at this instant: its date has begun in its
        home zone. UnknownPolicy when none has.
        """
        begun = [policy for policy in self.revisions(slug) if takes_effect(policy) <= at]
        if not begun:
            first = self.revisions(slug)[0]
            begins = f"{first.revision} ({home_zone(first)})"
            raise UnknownPolicy(f'"{slug}" is not in force at {at}; it begins on {begins}')
        return begun[-1]

    def latest(self, slug: str) -> SupportPolicy:
        """The newest revision, in force or not yet."""
        return self.revisions(slug)[-1]


def _claimed_twice(read: Iterable[tuple[Document, SupportPolicy]]) -> Iterator[Problem]:
    claimed: dict[tuple[str, date], str] = {}
    for document, policy in read:
        claim = (policy.policy, policy.revision)
        if claim in claimed:
            wrong = f'"{policy.policy}" of {policy.revision} is already in {claimed[claim]}'
            finding = Finding(("revision",), wrong, "give the newer one its own date")
            yield document.problem(finding)
        claimed.setdefault(claim, document.file)
