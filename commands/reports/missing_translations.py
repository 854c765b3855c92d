"""Translations: what customers of a policy would be told in a language other than theirs.

A policy speaks its own locale and each locale that any of its words for customers are in; a
contract speaks its own. For each there must be every letter that the policy sends, all its words,
and, but for English, a label for each name that customers are shown.
"""

from collections.abc import Callable, Collection, Iterator, Mapping

from activities.rendering.vocabulary_words import Wording
from activities.templates.manifest import ANNOUNCED, FALLBACK, WORDS, known_templates, languages
from policies.checks.references import Reference, customer_texts, labelled_names
from policies.documents.problems import Finding, Path, dotted
from policies.documents.suggestions import closest
from policies.i18n.locales import by_locale, language_of, spoken
from policies.schema.contract import Contact, Contract
from policies.schema.policy import Labelled, SupportPolicy
from policies.vocabulary import EventType

Letters = Callable[[str], Collection[str]]


def letters_in(locale: str) -> set[str]:
    """The letters there are for somebody with this locale, by itself or by its language."""
    exact = locale.replace("-", "_")
    return known_templates(exact) | known_templates(language_of(locale))


def untranslated(policy: SupportPolicy, letters: Letters = letters_in) -> Iterator[Finding]:
    """Letters and words that a policy lacks in a locale it speaks."""
    for path, locale in _spoken_by(policy):
        if not letters(locale):
            yield _no_letters(path, locale)
            continue
        for mention in _letters_named(policy):
            if mention.name not in letters(locale):
                yield Finding(mention.path, _no_letter(mention.name, locale), _likely(mention.name))
        for noun, mention in _unlabelled(policy, locale):
            wrong = f'the {noun} "{mention.name}" has no label in "{locale}"'
            right = f'add "{mention.name}: {{{locale}: ...}}" to `labels.{noun}`'
            yield Finding(mention.path, wrong, right, about_key=_is_key(mention))
        for clock in _nameless_clocks(policy, locale):
            right = f'add it to "clock" in activities/templates/{language_of(locale)}/{WORDS}'
            yield Finding(("clocks", clock), _no_name(clock, locale), right, about_key=True)
        for place in _unsaid(policy, locale):
            wrong = f'customers are told nothing here in "{locale}"'
            yield Finding(place, wrong, f'add "{locale}: ..." to its words')


def untranslated_under(
    contract: Contract, policy: SupportPolicy, letters: Letters = letters_in
) -> Iterator[Finding]:
    """Letters and words that a contract's policy lacks in the contract's locale."""
    locale, path = contract.locale, ("locale",)
    if locale is None:
        return
    if not letters(locale):
        yield _no_letters(path, locale)
        return
    missing = dict.fromkeys(mention.name for mention in _letters_named(policy))
    for name in missing:
        if name not in letters(locale):
            yield Finding(path, _no_letter(name, locale), "add it, or give another locale")
    for clock in _nameless_clocks(policy, locale):
        yield Finding(path, _no_name(clock, locale), "name it, or give another locale")
    for noun, mention in _unlabelled(policy, locale):
        wrong = f'{policy.policy} has no label for the {noun} "{mention.name}" in "{locale}"'
        yield Finding(path, wrong, "add it there, or give another locale")
    for place in _unsaid(policy, locale):
        wrong = f'{policy.policy} says nothing in "{locale}" at {dotted(place)}'
        yield Finding(path, wrong, "add the words there, or give another locale")


def strangers(contacts: Mapping[str, Contact], letters: Letters = letters_in) -> Iterator[Finding]:
    """Contacts who are written to in another language than they would like; a surprise only."""
    for name, contact in contacts.items():
        if contact.locale and not letters(contact.locale):
            wrong = f'"{name}" is written to in "{FALLBACK}": no letters are in "{contact.locale}"'
            yield Finding(("contacts", name, "locale"), wrong, _there_are())


def _spoken_by(policy: SupportPolicy) -> Iterator[tuple[Path, str]]:
    """Each language a policy speaks, by the locale that is named first, and where."""
    places: dict[str, tuple[Path, str]] = {language_of(policy.locale): (("locale",), policy.locale)}
    for path, says in customer_texts(policy):
        for locale in says if isinstance(says, Mapping) else ():
            places.setdefault(language_of(locale), ((*path, locale), locale))
    yield from places.values()


def _letters_named(policy: SupportPolicy) -> Iterator[Reference]:
    if policy.announcement is not None:
        yield Reference(("announcement",), ANNOUNCED)
    for i, notice in enumerate(policy.notices):
        key = "template" if notice.template else "event"
        yield Reference(("notices", i, key), notice.template or notice.event)
    for name, clock in policy.clocks.items():
        for i, rung in enumerate(clock.ladder):
            yield Reference(("clocks", name, "ladder", i, "at"), _letter_of(rung.at))


def _letter_of(rung: str) -> str:
    if rung == "breach":
        return EventType.CLOCK_BREACHED
    return EventType.CLOCK_OVERDUE if rung.endswith(" after") else EventType.CLOCK_WARNED


def _nameless_clocks(policy: SupportPolicy, locale: str) -> Iterator[str]:
    """Clocks that letters tell of; in English their own names will do."""
    wording = Wording(language_of(locale))
    for name, clock in policy.clocks.items():
        label = policy.labels.get(Labelled.CLOCK, {}).get(name)
        is_named = wording.knows(name, "clock") or label is not None
        if clock.ladder and language_of(locale) != FALLBACK and not is_named:
            yield name


def _unlabelled(policy: SupportPolicy, locale: str) -> Iterator[tuple[Labelled, Reference]]:
    """Names that people would be shown as they are written; in English they will do."""
    if language_of(locale) == FALLBACK:
        return
    told: set[tuple[Labelled, str]] = set()
    for noun, mention in labelled_names(policy):
        if noun is Labelled.CLOCK:
            continue  # `_nameless_clocks` knows the names that every language has
        is_known = mention.name in policy.labels.get(noun, {}) or (noun, mention.name) in told
        if not is_known:
            told.add((noun, mention.name))
            yield noun, mention


def _is_key(mention: Reference) -> bool:
    return mention.path[-1] == mention.name


def _unsaid(policy: SupportPolicy, locale: str) -> Iterator[Path]:
    """Where words for customers are missing; of a target of its own the desk tells nobody."""
    for path, says in customer_texts(policy):
        is_own_target = path[0] == "clocks" and not policy.clocks[str(path[1])].promised
        if not is_own_target and spoken(locale, by_locale(says, policy.locale)) is None:
            yield path


def _no_letters(path: Path, locale: str) -> Finding:
    about_key = path != ("locale",)
    return Finding(path, f'there are no letters in "{locale}"', _there_are(), about_key=about_key)


def _no_letter(name: str, locale: str) -> str:
    return f'there is no letter "{name}" in "{locale}"'


def _no_name(clock: str, locale: str) -> str:
    return f'the clock "{clock}" has no name in "{locale}"'


def _likely(name: str) -> str:
    likely = closest(name, known_templates(FALLBACK) - {name})
    return f'did you mean "{likely}"?' if likely else "add it to activities/templates"


def _there_are() -> str:
    return f"there are some in {', '.join(sorted(languages()))}"
