"""The vocabulary in the reader's language: clocks, outcomes, guarantees, lengths of time.

The words are in `words.yaml` next to a language's templates, so a translation needs no Python. A
word without a translation is shown as it is written.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal

from activities.templates.manifest import TEMPLATES, WORDS
from activities.templates.own_templates import Source
from policies.business_time.durations import Duration, Unit
from policies.documents.yaml_tree import read_tree

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_SAME_DAY = "same day"
_LONGEST_LENGTH = 100
"""The characters of a text that can be a length of time."""
_NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


class VocabularyWords:
    """The words of one language."""

    def __init__(
        self, language: str, directory: Path = TEMPLATES, own: Source | None = None
    ) -> None:
        self._words = _merged(_read(directory / language / WORDS), _own_words(own))
        self._locale = _plurals_of(language)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of words that this language has."""
        return frozenset(self._words)

    def knows(self, value: str, kind: str) -> bool:
        """Whether this language has a word for `value`."""
        return value in self._words.get(kind, {})

    def word(self, value: str, kind: str) -> str:
        """The word for a value of one kind (`clock`, `outcome`, `viewpoint`)."""
        return str(self._words.get(kind, {}).get(value, value.replace("_", " ")))

    def guarantee(self, text: str) -> str:
        """The sentence for a kind of guarantee; the policy's own sentences stay as they are."""
        return str(self._words.get("guarantee", {}).get(text, text))

    def counted(self, number: int, noun: str) -> str:
        """A number of things: `2 service credits`."""
        return self._plural("counted", noun, number) or f"{number} {noun.replace('_', ' ')}"

    def duration(self, text: str) -> str:
        """A length as policies write it: `10 jours ouvrés`; other text stays as it is."""
        length = _parsed(text)
        return text if length is None else self._length(length)

    def within(self, text: str) -> str:
        """A length as a time limit: `dans un délai de 10 jours ouvrés`."""
        length = _parsed(text)
        kind = "length"
        if length is not None and length.unit is Unit.FOLLOWING_WEEK:
            kind = Unit.FOLLOWING_WEEK
        elif length is not None and length.is_same_day:
            kind = _SAME_DAY
        pattern = self._pattern("within", kind)
        return pattern.format(length=self.duration(text))

    def percent(self, number: str) -> str:
        """A percentage, as exact as it is given: `99,5 %`."""
        shown = format_decimal(Decimal(number), locale=self._locale, decimal_quantization=False)
        return self._pattern("percent", "share", "{n}%").format(n=shown)

    def rung(self, at: str) -> str:
        """The time of a notice of a clock: `à 75 % du délai`, `1 jour ouvré après l'échéance`."""
        if at.endswith("%"):
            return self._pattern("rungs", "share", "{n}%").format(n=at[:-1])
        length, _, side = at.replace(" after start", " start").rpartition(" ")
        return self._pattern("rungs", side, at).format(length=self.duration(length))

    def _length(self, length: Duration) -> str:
        if length.is_same_day:
            return self._plural("durations", _SAME_DAY, 0) or str(length)
        words = self._plural("durations", length.unit, length.amount)
        if words and length.end_of_day:
            # `end of day` is a pattern around the length.
            end: str = self._words["durations"]["end of day"]["other"]
            return end.format(length=words)
        return words or str(length)

    def _plural(self, kind: str, noun: str, number: int) -> str:
        forms: Mapping[str, str] = self._words.get(kind, {}).get(noun, {})
        if not forms:
            return ""
        shown = format_decimal(number, locale=self._locale)
        form = forms.get(self._locale.plural_form(number), forms["other"])
        return form.format(n=shown.replace(_NARROW_SPACE, NO_BREAK_SPACE))

    def _pattern(self, kind: str, name: str, without: str = "{length}") -> str:
        return str(self._words.get(kind, {}).get(name, without))


def _read(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    words: Mapping[str, Any] = read_tree(path.read_text(encoding="utf-8"), str(path))[0].plain()
    return words


def _own_words(own: Source | None) -> Mapping[str, Any]:
    """The words in a policy's own file; PolicyErrors if it is not YAML."""
    if own is None:
        return {}
    words: Any = read_tree(own.text, own.file)[0].plain()
    return words if isinstance(words, dict) else {}


def _merged(words: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    kinds = {kind: texts for kind, texts in own.items() if isinstance(texts, dict)}
    return {**words, **{kind: {**words.get(kind, {}), **texts} for kind, texts in kinds.items()}}


def _plurals_of(language: str) -> Locale:
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def _parsed(text: str) -> Duration | None:
    if len(text) > _LONGEST_LENGTH:
        return None
    try:
        return Duration.parse(text)
    except ValueError:
        return None
