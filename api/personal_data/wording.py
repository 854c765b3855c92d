"""The words of one reader: texts, vocabulary, local times, and what an event states."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError

from activities.rendering.local_time import LocalTime
from activities.rendering.vocabulary_words import VocabularyWords
from api.accounts.models import CreditDocument, WorthDocument
from api.personal_data.document import Held
from api.personal_data.texts.phrases import PHRASES
from api.tickets.models import EventDocument

_DETAILS: dict[str, tuple[tuple[str, str], ...]] = {
    "assigned": (("name", ""),),
    "estimate_given": (("resolved_by", "moment"),),
    "milestone_recorded": (("says", ""),),
    "reviewed": (("viewpoint", "viewpoint"), ("priority", "")),
    "forecast_shared": (("begins_by", "moment"),),
    "forecast_lapsed": (("begins_by", "moment"),),
    "release_scheduled": (("release", ""), ("goes_out_on", "moment")),
    "reclassified": (("from", ""), ("to", "")),
    "due_time_agreed": (("clock", "clock"), ("due_at", "moment")),
    "level_raised": (("level", ""),),
    "revision_changed": (("to", "moment"),),
    "closed": (("closed_as", "closed_as"),),
    "merged": (("into", ""),),
    "clock_warned": (("clock", "clock"), ("due_at", "moment")),
    "clock_breached": (("clock", "clock"), ("due_at", "moment")),
    "clock_overdue": (("clock", "clock"), ("due_at", "moment")),
}
"""The data that an event is shown with, and the kind of each value. Texts are in the conversation,
and the JSON has all of it."""


class Wording:
    """Words for a reader with this locale, and times in this zone."""

    def __init__(self, locale: str, zone: str) -> None:
        self.locale = locale
        self.language = PHRASES.language(locale)
        self._words = _words(self.language)
        self._time = LocalTime(zone, locale)

    def say(self, name: str, /, **values: object) -> str:
        """The text of this name."""
        return PHRASES.say(self.language, name, **values)

    def word(self, value: str, kind: str) -> str:
        """The word for a value of the vocabulary."""
        return self._words.word(value, kind)

    def guarantee(self, text: str) -> str:
        """The sentence for a kind of guarantee."""
        return self._words.guarantee(text)

    def duration(self, text: str) -> str:
        """A length as policies write it."""
        return self._words.duration(text)

    def moment(self, value: datetime | date | str) -> str:
        """A time in the zone of the reader, or a day."""
        text = value if isinstance(value, str) else value.isoformat()
        try:
            return self._time.instant(text) if "T" in text else self._time.day(text)
        except ValueError:
            return text

    def language_name(self, locale: str | None) -> str | None:
        """The name of a language; a code that is none stays as it is."""
        if locale is None:
            return None
        try:
            shown = Locale.parse(locale.replace("-", "_")).get_display_name(self.language)
        except (UnknownLocaleError, ValueError):
            return locale
        return shown or locale

    def fact(self, value: Any) -> str:
        """The value of a fact."""
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        if isinstance(value, list):
            return ", ".join(map(self.fact, value))
        return str(value)

    def event(self, event: EventDocument) -> str:
        """What happened, with the data that readers look for."""
        what = self.say(f"event_{event.type}")
        detail = ", ".join(self._details(event))
        return self.say("with_detail", what=what, detail=detail) if detail else what

    def held(self, held: Held) -> str:
        """Where a part is held, and until when."""
        return self.say("held", where=self.say(f"where_{held.where}"), until=self.until(held))

    def until(self, held: Held) -> str:
        """Until when a part is held."""
        if held.until is not None:
            return self.say("until", until=self.moment(held.until))
        if held.days is not None:
            return self.say(f"ends_{held.ends}_days", days=self.duration(f"{held.days} days"))
        return self.say(f"ends_{held.ends}")

    def worth(self, credit: CreditDocument) -> str:
        """What a credit is worth."""
        worth = credit.worth or WorthDocument(days=credit.days)
        if worth.amount is not None and worth.currency is not None:
            return self._time.money(str(worth.amount), worth.currency)
        if worth.percent is not None:
            percent = self._words.percent(str(worth.percent))
            return self.say("worth_percent", percent=percent, fee=worth.of or "")
        return self._words.counted(worth.days, "contract_day")

    def _details(self, event: EventDocument) -> Iterator[str]:
        for name, kind in _DETAILS.get(event.type, ()):
            value = event.data.get(name)
            if value is None:
                continue
            text = str(value)
            if kind == "moment":
                yield self.moment(text)
            else:
                yield self.word(text, kind) if kind else text


@lru_cache(maxsize=8)
def _words(language: str) -> VocabularyWords:
    return VocabularyWords(language)
