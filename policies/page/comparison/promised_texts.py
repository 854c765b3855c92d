"""The numbers in the texts of a policy that customers read."""

from collections.abc import Iterator, Mapping

from policies.documents.problems import Path
from policies.i18n.locales import by_locale
from policies.page.comparison.promise import Promise
from policies.page.comparison.quantities import Kind
from policies.page.comparison.reading import numbers_in
from policies.schema.policy import SupportPolicy

_TEXTS = frozenset(("says", "ask", "choices", "does", "announcement", "title", "fees"))


def clause_numbers(policy: SupportPolicy) -> Iterator[Promise]:
    """The numbers of clauses. Times and percentages are promised; others may be on a page."""
    for name, clause in policy.clauses.items():
        texts = by_locale(clause.says, policy.locale)
        own = next(iter(texts.values()))
        for number in numbers_in(own):
            first = number.alternatives[0]
            required = first.kind in (Kind.ELAPSED, Kind.OPEN, Kind.BUSINESS_DAYS, Kind.PERCENT)
            text = own[number.start : number.end]
            path: Path = ("clauses", name, "says")
            yield Promise(number.alternatives[:1], text, path, name, required)
        for text in texts.values():
            yield from _allowed(text, ("clauses", name, "says"), name)


def _allowed(text: str, path: Path, clause: str) -> Iterator[Promise]:
    for number in numbers_in(text):
        shown = text[number.start : number.end]
        for quantity in number.alternatives:
            yield Promise((quantity,), shown, path, clause, required=False)


def other_numbers(policy: SupportPolicy) -> Iterator[Promise]:
    """The numbers of other texts that customers read: guarantees, coverage, priorities."""
    data = policy.model_dump(mode="json", exclude={"clauses", "readings", "contacts"})
    for path, text in _texts_in(data, ()):
        yield from _allowed(text, path, "")


def _texts_in(node: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in _TEXTS:
                yield from (((*path, key), text) for text in _leaves(value))
            else:
                yield from _texts_in(value, (*path, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _texts_in(value, (*path, number))


def _leaves(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from _leaves(value)
