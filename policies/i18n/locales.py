"""Words by locale: a text in the policy's own language, or one for each locale.

A locale is found by itself (`fr-CA`), by its language (`fr`), or by another locale of the same
language (`fr-FR`). Somebody whose language has no
words is given those of the policy's own locale, and else the first there are: never nothing.
"""

from collections.abc import Collection, Mapping

ByLocale = Mapping[str, str]


def by_locale(says: str | ByLocale, own: str) -> ByLocale:
    """The words by locale; a plain text is in the policy's own."""
    return {own: says} if isinstance(says, str) else says


def words_in(says: str | ByLocale, locale: str, own: str) -> str:
    """The words for a reader with this locale, under a policy in the locale `own`."""
    words = by_locale(says, own)
    for wanted in (locale, own):
        found = spoken(wanted, words)
        if found is not None:
            return words[found]
    return next(iter(words.values()), "")


def with_name(label: str | None, name: str) -> str:
    """A label with its name in brackets, or the name alone if there is no other label."""
    return name if label in (None, name) else f"{label} ({name})"


def spoken(locale: str, known: Collection[str]) -> str | None:
    """The known locale to use for a reader with this one; None if none fits."""
    by_name = {normal(name): name for name in known}
    wanted, language = normal(locale), language_of(locale)
    akin = next((name for name in known if language_of(name) == language), None)
    return by_name.get(wanted, by_name.get(language, akin))


def normal(locale: str) -> str:
    """A locale as it is compared: `fr-CA` and `fr_CA` are one."""
    return locale.replace("-", "_").lower()


def language_of(locale: str) -> str:
    """The language of a locale."""
    return normal(locale).partition("_")[0]
