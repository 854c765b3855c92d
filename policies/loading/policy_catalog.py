"""The policies of a directory, by slug and by the date from which a revision is in force."""

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
    """No policy has this slug, or no revision of it is in force; the message lists the choices."""


class PolicyCatalog:
    """Policies by slug. Each has one or more revisions, in force from their date on."""

    def __init__(self, policies: Iterable[SupportPolicy]) -> None:
        self._revisions: dict[str, list[SupportPolicy]] = {}
        for policy in policies:
            self.put(policy)

    def put(self, policy: SupportPolicy) -> None:
        """Adds a revision, in place of the one of the same date if there is one."""
        known = self._revisions.get(policy.policy, [])
        others = [each for each in known if each.revision != policy.revision]
        self._revisions[policy.policy] = sorted([*others, policy], key=lambda p: p.revision)

    @classmethod
    def load(cls, directory: Path | str) -> "PolicyCatalog":
        """All YAML files of a directory; PolicyErrors lists all problems of all files."""
        paths = sorted(p for p in Path(directory).iterdir() if p.suffix in (".yaml", ".yml"))
        problems: list[Problem] = []
        loaded: list[tuple[Document, SupportPolicy]] = []
        for path in paths:
            try:
                document = open_document(path)
                loaded.append((document, policy_of(document)))
            except PolicyErrors as error:
                problems += error.problems
        problems += _duplicates(loaded)
        if problems:
            raise PolicyErrors(problems)
        return cls(policy for _, policy in loaded)

    @classmethod
    @cache
    def shipped(cls) -> "PolicyCatalog":
        """The policies that come with Durable Desk, cached."""
        return cls.load(SHIPPED)

    def __iter__(self) -> Iterator[SupportPolicy]:
        """Every revision of every policy, oldest first within a slug."""
        return (policy for revisions in self._revisions.values() for policy in revisions)

    @property
    def slugs(self) -> tuple[str, ...]:
        """The slugs of all policies."""
        return tuple(self._revisions)

    def revisions(self, slug: str) -> tuple[SupportPolicy, ...]:
        """Every revision of a policy, oldest first; UnknownPolicy if there is no such policy."""
        if slug not in self._revisions:
            raise UnknownPolicy(f'there is no policy "{slug}"; {one_of(slug, self.slugs)}')
        return tuple(self._revisions[slug])

    def revision(self, slug: str, of: date) -> SupportPolicy:
        """The revision with this date, such as the one pinned into a ticket."""
        for policy in self.revisions(slug):
            if policy.revision == of:
                return policy
        dates = ", ".join(str(policy.revision) for policy in self.revisions(slug))
        raise UnknownPolicy(f'"{slug}" has no revision of {of}; its revisions: {dates}')

    def in_force(self, slug: str, at: datetime) -> SupportPolicy:
        """The revision for requests received at this time: the newest that has taken effect.
        UnknownPolicy if none has.
        """
        in_effect = [policy for policy in self.revisions(slug) if takes_effect(policy) <= at]
        if not in_effect:
            first = self.revisions(slug)[0]
            begins = f"{first.revision} ({home_zone(first)})"
            raise UnknownPolicy(
                f'"{slug}" is not in force at {at}; its first revision takes effect on {begins}'
            )
        return in_effect[-1]

    def latest(self, slug: str) -> SupportPolicy:
        """The newest revision, in force or not yet."""
        return self.revisions(slug)[-1]


def _duplicates(loaded: Iterable[tuple[Document, SupportPolicy]]) -> Iterator[Problem]:
    files: dict[tuple[str, date], str] = {}
    for document, policy in loaded:
        key = (policy.policy, policy.revision)
        if key in files:
            wrong = f'"{policy.policy}" of {policy.revision} is already in {files[key]}'
            yield document.problem(Finding(("revision",), wrong, "give one of them another date"))
        files.setdefault(key, document.file)
