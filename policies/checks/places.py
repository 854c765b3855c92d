"""Places and languages: zones and locales that exist, and labels for declared names."""

# ruff: noqa: D103 - the name of a check states what must be true

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from policies.business_time.zones import ABBREVIATIONS, zone_names
from policies.checks.references import Reference, customer_texts, labelled_names, undeclared
from policies.documents.problems import Finding, Path
from policies.documents.suggestions import closest
from policies.schema.contract import Contact
from policies.schema.policy import SupportPolicy


def contact_zones_and_locales_exist(policy: SupportPolicy) -> Iterator[Finding]:
    yield from unknown_locale(("locale",), policy.locale)
    yield from unknown_in_contacts(policy.contacts)


def texts_are_in_known_locales(policy: SupportPolicy) -> Iterator[Finding]:
    for path, text in customer_texts(policy):
        for locale in text if isinstance(text, Mapping) else ():
            for finding in unknown_locale((*path, locale), locale):
                yield replace(finding, about_key=True)


def labels_use_declared_names(policy: SupportPolicy) -> Iterator[Finding]:
    names = list(labelled_names(policy))
    for kind, labels in policy.labels.items():
        declared = dict.fromkeys(reference.name for of, reference in names if of is kind)
        references = (Reference(("labels", kind, name), name) for name in labels)
        yield from undeclared(kind, references, declared, about_key=True)


def unknown_in_contacts(contacts: Mapping[str, Contact]) -> Iterator[Finding]:
    """Findings for the zones and locales of contacts that do not exist."""
    for name, contact in contacts.items():
        yield from unknown_zone(("contacts", name, "zone"), contact.zone)
        yield from unknown_locale(("contacts", name, "locale"), contact.locale)


def unknown_zone(path: Path, zone: str | None) -> Iterator[Finding]:
    """A finding if this is not a zone of the IANA database."""
    if zone is None or zone in zone_names():
        return
    likely = ABBREVIATIONS.get(zone.strip().upper()) or closest(zone, zone_names())
    likely = likely or closest(zone.rpartition("/")[2], _by_city())
    likely = _by_city().get(likely, likely) if likely else None
    right = f'did you mean "{likely}"?' if likely else 'write for example "Europe/Stockholm"'
    yield Finding(path, f'"{zone}" is not a known time zone', right)


def unknown_locale(path: Path, locale: str | None) -> Iterator[Finding]:
    """A finding if the Unicode locale data does not have this locale."""
    if locale is None:
        return
    try:
        Locale.parse(locale, sep="-" if "-" in locale else "_")
    except (ValueError, UnknownLocaleError):
        wrong = f'"{locale}" is not a known locale'
        yield Finding(path, wrong, 'write for example "en" or "fr-CA"')


@lru_cache
def _by_city() -> dict[str, str]:
    return {zone.rpartition("/")[2]: zone for zone in sorted(zone_names(), reverse=True)}


CHECKS = (contact_zones_and_locales_exist, texts_are_in_known_locales, labels_use_declared_names)
