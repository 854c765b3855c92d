"""Finds texts for customers that are missing in a language of a policy or contract.

A policy uses its own locale and every locale of its texts for customers; a contract uses its own.
Each of these locales needs all templates that the policy sends and all its texts. Except for
English, it also needs a label for each name that customers see.
"""

from collections.abc import Callable, Collection, Iterator, Mapping

from activities.notices import DIGEST
from activities.rendering.template_uses import template_of
from activities.rendering.vocabulary_words import VocabularyWords
from activities.templates.manifest import ANNOUNCED, FALLBACK, WORDS, known_templates, languages
from policies.checks.references import Reference, customer_texts, labelled_names
from policies.documents.problems import Finding, Path, dotted
from policies.documents.suggestions import closest
from policies.i18n.locales import by_locale, language_of, spoken
from policies.schema.contract import Contact, Contract
from policies.schema.policy import Labelled, SupportPolicy
from policies.vocabulary import EventType

Templates = Callable[[str], Collection[str]]
Words = Callable[[str], VocabularyWords]

_SENT_BY_EVERY_TICKET: tuple[str, ...] = (
    EventType.CONTRACT_INCOMPLETE,
    EventType.OBJECTIONS_FOUND,
    EventType.TICKET_IDLE,
    EventType.VERDICT_OVERRIDDEN,
    DIGEST,
)


def templates_in(locale: str) -> set[str]:
    """The templates of a locale, including those of its language."""
    exact = locale.replace("-", "_")
    return known_templates(exact) | known_templates(language_of(locale))


def missing_in_policy(
    policy: SupportPolicy,
    templates: Templates = templates_in,
    words: Words = VocabularyWords,
) -> Iterator[Finding]:
    """Templates and texts that are missing in a locale of the policy."""
    for path, locale in _locales_of(policy):
        if not templates(locale):
            yield _no_templates(path, locale)
            continue
        for reference in needed_in(policy, locale):
            if reference.name not in templates(locale):
                yield Finding(
                    reference.path,
                    _no_template(reference.name, locale),
                    _suggestion(reference.name),
                )
        for noun, reference in _missing_labels(policy, locale):
            wrong = f'the {noun} "{reference.name}" has no label in "{locale}"'
            right = f'add "{reference.name}: {{{locale}: ...}}" to `labels.{noun}`'
            yield Finding(reference.path, wrong, right, about_key=_is_key(reference))
        for clock in _clocks_without_name(policy, locale, words):
            right = f'add it to "clock" in activities/templates/{language_of(locale)}/{WORDS}'
            yield Finding(("clocks", clock), _no_clock_name(clock, locale), right, about_key=True)
        for place in _missing_texts(policy, locale):
            wrong = f'there is no text in "{locale}"'
            yield Finding(place, wrong, f'add "{locale}: ..."')


def missing_under_contract(
    contract: Contract,
    policy: SupportPolicy,
    templates: Templates = templates_in,
    words: Words = VocabularyWords,
) -> Iterator[Finding]:
    """Templates and texts of the policy that are missing in the locale of the contract."""
    locale, path = contract.locale, ("locale",)
    if locale is None:
        return
    if not templates(locale):
        yield _no_templates(path, locale)
        return
    missing = dict.fromkeys(reference.name for reference in needed_in(policy, locale))
    for name in missing:
        if name not in templates(locale):
            yield Finding(path, _no_template(name, locale), "add it, or use another locale")
    for clock in _clocks_without_name(policy, locale, words):
        yield Finding(path, _no_clock_name(clock, locale), "add it, or use another locale")
    for noun, reference in _missing_labels(policy, locale):
        wrong = f'{policy.policy} has no label for the {noun} "{reference.name}" in "{locale}"'
        yield Finding(path, wrong, "add it there, or use another locale")
    for place in _missing_texts(policy, locale):
        wrong = f'{policy.policy} has no text in "{locale}" at {dotted(place)}'
        yield Finding(path, wrong, "add it there, or use another locale")


def contacts_in_other_languages(
    contacts: Mapping[str, Contact], templates: Templates = templates_in
) -> Iterator[Finding]:
    """Contacts whose language has no templates. This is a warning only."""
    for name, contact in contacts.items():
        if contact.locale and not templates(contact.locale):
            missing = f'there are no templates in "{contact.locale}"'
            wrong = f'{missing}, so "{name}" gets e-mails in "{FALLBACK}"'
            yield Finding(("contacts", name, "locale"), wrong, _available_languages())


def needed_in(policy: SupportPolicy, locale: str) -> Iterator[Reference]:
    """The templates that the policy sends; in a language that we do not ship, also those that
    every ticket sends without a rule.
    """
    yield from _templates_used(policy)
    if language_of(locale) in languages():
        return
    names = list(_SENT_BY_EVERY_TICKET)
    if policy.process.levels:
        names.append(EventType.LEVEL_RAISED)
    if any(rule.refers_to for rule in policy.coverage):
        names.append("referred")
    if any(notice.event is EventType.INFORMATION_REQUESTED for notice in policy.notices):
        names.append("information_needed")
    for name in names:
        yield Reference(("notices",), name)


def _locales_of(policy: SupportPolicy) -> Iterator[tuple[Path, str]]:
    """One locale for each language of the policy, with the path where it is used first."""
    places: dict[str, tuple[Path, str]] = {language_of(policy.locale): (("locale",), policy.locale)}
    for path, text in customer_texts(policy):
        for locale in text if isinstance(text, Mapping) else ():
            places.setdefault(language_of(locale), ((*path, locale), locale))
    yield from places.values()


def _templates_used(policy: SupportPolicy) -> Iterator[Reference]:
    if policy.announcement is not None:
        yield Reference(("announcement",), ANNOUNCED)
    for i, notice in enumerate(policy.notices):
        key = "template" if notice.template else "event"
        yield Reference(("notices", i, key), notice.template_name)
    for name, clock in policy.clocks.items():
        for i, rung in enumerate(clock.ladder):
            key = "template" if rung.template else "at"
            yield Reference(("clocks", name, "ladder", i, key), template_of(clock, rung))


def _clocks_without_name(policy: SupportPolicy, locale: str, words: Words) -> Iterator[str]:
    """Clocks in e-mails without a name in the language; English uses the names of the policy."""
    wording = words(language_of(locale))
    for name, clock in policy.clocks.items():
        label = policy.labels.get(Labelled.CLOCK, {}).get(name)
        is_named = wording.knows(name, "clock") or label is not None
        if clock.ladder and language_of(locale) != FALLBACK and not is_named:
            yield name


def _missing_labels(policy: SupportPolicy, locale: str) -> Iterator[tuple[Labelled, Reference]]:
    """Names without a label in the language; English uses the names of the policy."""
    if language_of(locale) == FALLBACK:
        return
    reported: set[tuple[Labelled, str]] = set()
    for noun, reference in labelled_names(policy):
        if noun is Labelled.CLOCK:
            continue  # see `_clocks_without_name`
        has_label = (
            reference.name in policy.labels.get(noun, {}) or (noun, reference.name) in reported
        )
        if not has_label:
            reported.add((noun, reference.name))
            yield noun, reference


def _is_key(reference: Reference) -> bool:
    return reference.path[-1] == reference.name


def _missing_texts(policy: SupportPolicy, locale: str) -> Iterator[Path]:
    """The paths of missing texts for customers; internal targets need none."""
    for path, text in customer_texts(policy):
        is_internal = path[0] == "clocks" and not policy.clocks[str(path[1])].promised
        if not is_internal and spoken(locale, by_locale(text, policy.locale)) is None:
            yield path


def _no_templates(path: Path, locale: str) -> Finding:
    about_key = path != ("locale",)
    return Finding(
        path, f'there are no templates in "{locale}"', _available_languages(), about_key=about_key
    )


def _no_template(name: str, locale: str) -> str:
    return f'there is no template "{name}" in "{locale}"'


def _no_clock_name(clock: str, locale: str) -> str:
    return f'the clock "{clock}" has no name in "{locale}"'


def _suggestion(name: str) -> str:
    similar = closest(name, known_templates(FALLBACK) - {name})
    return f'did you mean "{similar}"?' if similar else "add it to the templates beside the policy"


def _available_languages() -> str:
    return f"available: {', '.join(sorted(languages()))}"
