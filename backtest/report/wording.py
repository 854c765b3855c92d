"""The words of the report in the language of the policy: texts, names, lengths, times, shares."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

import pendulum

from activities.rendering.vocabulary_words import VocabularyWords
from backtest.report.texts.comparison_english import ENGLISH as COMPARISON_ENGLISH
from backtest.report.texts.comparison_french import FRENCH as COMPARISON_FRENCH
from backtest.report.texts.english import ENGLISH
from backtest.report.texts.english import EVENTS as ENGLISH_EVENTS
from backtest.report.texts.french import EVENTS as FRENCH_EVENTS
from backtest.report.texts.french import FRENCH
from backtest.results.spread import EDGES
from backtest.results.totals import Tally, percent
from policies.business_time.months import Month
from policies.i18n.locales import words_in
from policies.i18n.phrases import Phrases
from policies.schema.policy import Labelled, SupportPolicy

PHRASES = Phrases({"en": {**ENGLISH, **COMPARISON_ENGLISH}, "fr": {**FRENCH, **COMPARISON_FRENCH}})
EVENTS = {"en": ENGLISH_EVENTS, "fr": FRENCH_EVENTS}
SPACE = "\N{NO-BREAK SPACE}"
_LONGEST_NAME = 24
DAYS = "days"
"""The unit of credits that are days of the contract."""
_FRACTIONS = {0.125: "⅛", 0.25: "¼", 0.5: "½"}
_TICKS = {"month": "MMM YY", "day": "ddd D MMM", "hour": "HH:mm"}
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


class Wording:
    """The words of a report about one policy."""

    def __init__(self, policy: SupportPolicy) -> None:
        self.locale = policy.locale
        self.language = PHRASES.language(policy.locale)
        self._policy = policy
        self._words = VocabularyWords(self.language)

    def say(self, name: str, /, **values: object) -> str:
        """The text of this name."""
        return PHRASES.say(self.language, name, **values)

    @property
    def title(self) -> str:
        """The title of the policy."""
        return words_in(self._policy.title, self.locale, self.locale)

    def kept(self, tally: Tally) -> str:
        """How many are kept, of how many."""
        return self.say("kept_of", met=self.number(tally.met), decided=self.number(tally.decided))

    def credits(self, tally: Tally) -> str:
        """The number of credits, and their worth."""
        worth = self.worth(tally.earned)
        return self.number(tally.credits) + (f" ({worth})" if worth else "")

    def clock(self, name: str) -> str:
        """The name of a clock, with a capital letter."""
        label = self._policy.labels.get(Labelled.CLOCK, {}).get(name)
        word = words_in(label, self.locale, self.locale) if label else ""
        word = word or self._words.word(name, "clock")
        return word[:1].upper() + word[1:]

    def priority(self, name: str | None) -> str:
        """The name of a priority as the policy has it."""
        if name is None:
            return self.say("no_priority")
        label = self._policy.labels.get(Labelled.PRIORITY, {}).get(name)
        if label is not None:
            return words_in(label, self.locale, self.locale)
        known = self._policy.priorities.get(name)
        says = words_in(known.says, self.locale, self.locale) if known and known.says else ""
        # A description may be a sentence that begins with a name.
        short = says if len(says) <= _LONGEST_NAME else says.partition(":")[0].strip()
        return short if 0 < len(short) <= _LONGEST_NAME else name

    def rank(self, name: str | None) -> int:
        """The place of a priority in the policy; unknown ones come last."""
        known = [*self._policy.priorities]
        return known.index(name) if name in known else len(known)

    def bar(self, index: int) -> str:
        """The name of a bar of the distribution: `50% to 75%`."""
        last = len(EDGES) - 1
        if index == 0:
            return self.say("up_to", to=self._edge(0))
        if index > last:
            return self.say("above", begin=self._edge(last))
        return self.say("between", begin=self._edge(index - 1), to=self._edge(index))

    def bar_tick(self, index: int) -> str:
        """The end of a bar under the chart: `75%`, `4 ×`."""
        last = len(EDGES) - 1
        return f"> {self._edge(last)}" if index > last else f"≤ {self._edge(index)}"

    def _edge(self, index: int) -> str:
        edge = EDGES[index]
        if edge <= 1:
            return self.share(edge, 0)
        return self.say("times", number=self.times(edge))

    def event(self, name: str) -> str:
        """The name of what happened."""
        milestone = name.removeprefix("milestone.")
        known = self._policy.milestones.get(milestone) if milestone != name else None
        if known is not None:
            return words_in(known.says, self.locale, self.locale)
        word = EVENTS[self.language].get(name)
        return word or milestone.replace("_", " ")

    def events(self, names: Iterable[str]) -> str:
        """What happened at once."""
        return ", ".join(map(self.event, names))

    def worth(self, earned: Mapping[str, Decimal]) -> str:
        """What credits are worth: `12 days, 300 EUR`."""
        return ", ".join(
            self._words.counted(int(value), "contract_day")
            if unit == DAYS and value == int(value)
            else f"{self.say_number(f'{value:,f}')} {unit}"
            for unit, value in sorted(earned.items())
        )

    def target(self, text: str) -> str:
        """A target, as policies write it."""
        return self._words.duration(text)

    def rung(self, at: str) -> str:
        """The time of a rung, such as `75%`."""
        return self._words.rung(at)

    def state(self, name: str) -> str:
        """The state of a clock."""
        return self._words.word(name, "clock_state")

    def number(self, value: int) -> str:
        """A whole number."""
        return self.say_number(f"{value:,}")

    def times(self, value: float) -> str:
        """How many times a target: `1.5`, `½`."""
        if value in _FRACTIONS:
            return _FRACTIONS[value]
        return self.say_number(f"{value:,.2f}".rstrip("0").rstrip("."))

    def share(self, value: float, digits: int = 1) -> str:
        """A share from 0 to 1 as `84.3 %`, rounded down."""
        text = "100" if value >= 1 else percent(value, digits)
        return self.say_number(text) + (f"{SPACE}%" if self.language == "fr" else "%")

    def say_number(self, text: str) -> str:
        """A number in English form as the language writes it."""
        if self.language != "fr":
            return text
        return text.translate({ord(","): SPACE, ord("."): ","})

    def elapsed(self, seconds: int) -> str:
        """A length of elapsed time in its two largest units: `3 d 4 h`."""
        return self._length(seconds, _UNITS)

    def counted(self, seconds: int) -> str:
        """A length of counted time: `31 h 20 min`. It has no days: a day of open time is no fixed
        length.
        """
        return self._length(seconds, _UNITS[1:])

    def moment(self, at: datetime, zone: tzinfo) -> str:
        """A time in a zone, to the minute."""
        local = at.astimezone(zone)
        return f"{self.day(local)} {local:%H:%M}"

    def utc(self, at: datetime) -> str:
        """A time in UTC, to the minute."""
        return self.moment(at, UTC)

    def day(self, at: datetime) -> str:
        """A date."""
        return f"{at:%d/%m/%Y}" if self.language == "fr" else f"{at:%Y-%m-%d}"

    def strip_tick(self, kind: str, at: datetime) -> str:
        """The name of a day or month under a strip: `Mon 4 Apr`, `Apr 16`."""
        local = pendulum.instance(at)
        return local.format(_TICKS[kind], locale=self.language)

    def month(self, text: str) -> str:
        """A month of a year from `2016-02`: `February 2016`."""
        return PHRASES.say(self.language, "month_of", month=Month(*map(int, text.split("-"))))

    def short_month(self, text: str) -> str:
        """The same in a few letters: `02/16`."""
        year, month = text.split("-")
        return f"{month}/{year[2:]}"

    def _length(self, seconds: int, units: tuple[tuple[int, str], ...]) -> str:
        parts: list[str] = []
        began = False
        for size, name in units:
            number, seconds = divmod(seconds, size)
            began_before = began
            began = began or bool(number)
            if number and len(parts) < 2:
                parts.append(self.number(number) + SPACE + self.say(f"unit_{name}"))
            if began_before:
                break
        return " ".join(parts) or f"0{SPACE}{self.say('unit_min')}"
