"""The words of one page: sentences, and durations, times, dates and amounts in its language."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from types import ModuleType

import pendulum
from babel.numbers import format_currency

from policies.business_time.durations import Duration, Unit
from policies.i18n.locales import by_locale, language_of, spoken, words_in
from policies.page.model import Text
from policies.page.wording import english, english_nouns, french, french_nouns
from policies.page.wording.zone_names import zone_name
from policies.schema.events import milestone_of
from policies.schema.money import Money
from policies.schema.policy import Labelled, SupportPolicy

LANGUAGES: Mapping[str, ModuleType] = {"en": english_nouns, "fr": french_nouns}
"""The languages in which pages are written."""
_PHRASES = {"en": english.PHRASES, "fr": french.PHRASES}
FALLBACK = "en"
FRENCH = "fr"
SPACE = "\N{NO-BREAK SPACE}"
_ACRONYMS = "api cms crm emea apac amer eu uk us sdk sla sso ui url erp pdf p0 p1 p2 p3"
_UPPER = frozenset(_ACRONYMS.split())
_CODE = re.compile(r"[a-z]{1,3}[-_]?\d{1,2}")
_CODE_FIRST = re.compile(r"[A-Z]{1,3}[-_]?\d{1,2}\u00a0– ")
_LONGEST_NAME = 40
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_A_MONDAY = date(2024, 1, 1)


class Words:
    """What a page in one locale says about one policy."""

    def __init__(self, policy: SupportPolicy, locale: str, year: int) -> None:
        self.policy, self.locale, self.year = policy, locale, year
        language = language_of(locale)
        self.language = language if language in LANGUAGES else FALLBACK
        self._nouns = LANGUAGES[self.language]
        self._is_french = self.language == FRENCH

    # Sentences.

    def say(self, name: str, /, **values: object) -> Text:
        """The sentence of this name, with its values."""
        return Text(self.plain(name, **values))

    def plain(self, name: str, /, **values: object) -> str:
        """The same as a string. It begins with a capital letter."""
        text: str = _PHRASES[self.language][name].format(**values)
        return text[:1].upper() + text[1:] if values else text

    def text(self, says: str | Mapping[str, str]) -> Text:
        """A text of the policy. One that exists in another language only is marked as such."""
        texts = by_locale(says, self.policy.locale)
        own = spoken(self.locale, texts)
        if own is not None:
            return Text(texts[own].strip())
        words = words_in(says, self.locale, self.policy.locale)
        found = next(name for name, each in texts.items() if each == words)
        other = language_of(found)
        return Text(words.strip(), "" if other == self.language else other)

    # Names.

    def name(self, kind: Labelled, slug: str) -> str:
        """The name that customers know a plan, region, kind, priority, channel or clock by."""
        label = self.policy.labels.get(kind, {}).get(slug)
        if label is not None:
            shown = self.text(label).words
        else:
            shown = self._unlabelled(kind, slug)
        shown = shown[:1].upper() + shown[1:]
        return f"{slug.upper()}{SPACE}– {shown}" if self._has_code(slug, shown) else shown

    def names(self, kind: Labelled, slugs: Iterable[str]) -> str:
        """Several names as one text: of codes such as `P0` the codes only."""
        shown = [self.name(kind, slug) for slug in slugs]
        names = [name.partition(SPACE)[0] if _CODE_FIRST.match(name) else name for name in shown]
        return self.joined([*names[:1], *(self._inside(kind, name) for name in names[1:])])

    @staticmethod
    def _has_code(slug: str, shown: str) -> bool:
        """Whether a name is a code such as `p0`, and its label does not say so."""
        is_code = _CODE.fullmatch(slug) is not None
        return is_code and slug.upper() not in shown.upper() and slug[-1] not in shown

    @staticmethod
    def _inside(kind: Labelled, name: str) -> str:
        """A name inside a sentence: those of plans and regions keep their capital letter."""
        is_common = kind in (Labelled.KIND, Labelled.PRIORITY, Labelled.CHANNEL)
        return name[:1].lower() + name[1:] if is_common and name[1:2].islower() else name

    def described(self, kind: Labelled, slug: str, says: str | Mapping[str, str]) -> Text:
        """The description of a value. One that begins with its name goes on after it."""
        text = self.text(says)
        name = self.text(self.policy.labels.get(kind, {}).get(slug, slug)).words.lower()
        before, colon, after = text.words.partition(":")
        if colon and before.strip().lower()[:3] == name[:3] and len(before) <= len(name) + 2:
            text = Text(after.strip(), text.language)
        ends = "" if text.words[-1:] in ".!?" else "."
        return Text(f"{text.words[:1].upper()}{text.words[1:]}{ends}", text.language)

    def _unlabelled(self, kind: Labelled, slug: str) -> str:
        known = {Labelled.CHANNEL: self._nouns.CHANNELS, Labelled.CLOCK: self._nouns.CLOCKS}
        if slug in known.get(kind, {}):
            return str(known[kind][slug])
        values = {Labelled.PLAN: self.policy.plans, Labelled.REGION: self.policy.regions}
        value = values.get(kind, {}).get(slug)
        if value is not None:
            says = re.split(r"[,:;(]", self.text(value.says).words)[0].strip().rstrip(".")
            if len(says) <= _LONGEST_NAME:
                return says
        return _spaced(slug)

    def event(self, name: str) -> str:
        """An event as a noun: `the receipt of your request`."""
        milestone = milestone_of(name)
        if milestone is not None:
            return f"“{self.text(self.policy.milestones[milestone].says)}”"
        return str(self._nouns.EVENTS.get(name, name.replace("_", " ")))

    def viewpoint(self, name: str) -> str:
        """Who assesses a request: Engineering or Product."""
        return str(self._nouns.ROLES[name])

    def each(self, name: str) -> str:
        """A period: `calendar year`."""
        return str(self._nouns.EACH[name])

    def of_each(self, name: str) -> str:
        """How often: `each month`."""
        return str(self._nouns.OF_EACH[name])

    @property
    def colon(self) -> str:
        """The colon after a title."""
        return f"{SPACE}:" if self._is_french else ":"

    def joined(self, parts: Sequence[str], last: str = "") -> str:
        """`a, b and c`; with `last="or"`, `a, b or c`."""
        word = {"": ("and", "et"), "or": ("or", "ou")}[last][self._is_french]
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {word} {parts[-1]}"

    def quoted(self, text: str) -> str:
        """A text in the quotation marks of the language."""
        return f"«{SPACE}{text}{SPACE}»" if self._is_french else f"“{text}”"

    # Numbers.

    def duration(self, length: Duration) -> str:
        """`4 business hours`. No line ends after the number."""
        if length.unit is Unit.FOLLOWING_WEEK:
            return str(self._nouns.FOLLOWING_WEEK)
        if length.is_same_day:
            return str(self._nouns.SAME_DAY)
        text = self._counted(length.amount, self._nouns.UNITS[length.unit])
        if length.end_of_day:
            return str(self._nouns.END_OF_DAY.format(length=text))
        return str(self._nouns.SAME_TIME.format(length=text)) if length.same_time else text

    def durations(self, lengths: Sequence[Duration]) -> str:
        """`2 and 5 business days`: the unit stands once, if all have the same."""
        texts = [self.duration(length) for length in lengths]
        units = {text.partition(SPACE)[2] for text in texts[1:]}
        if len(units) == 1 and len({length.unit for length in lengths}) == 1:
            texts = [*(self.number(length.amount) for length in lengths[:-1]), texts[-1]]
        return self.joined(texts)

    def late_by(self, length: Duration, counts: str) -> str:
        """The period of lateness that earns a credit: `each day begun after the due time`."""
        return self._period(self._nouns.LATE, length, counts)

    def down_for(self, length: Duration, counts: str) -> str:
        """The period of downtime that earns a credit: `each hour of downtime begun`."""
        return self._period(self._nouns.DOWN, length, counts)

    def _period(self, forms: Mapping[str, str], length: Duration, counts: str) -> str:
        is_one = length.amount == 1 and length.unit in self._nouns.UNITS
        unit = self._nouns.UNITS[length.unit][0] if is_one else ""
        form = forms[counts] if is_one else forms[f"{counts}_several"]
        feminine = "e" if self._is_french and not unit.startswith("jour") else ""
        return str(form.format(unit=unit, period=self.duration(length), e=feminine))

    def hours(self, number: int) -> str:
        """`8 hours`."""
        return self._counted(number, self._nouns.UNITS[Unit.HOUR])

    def times(self, number: int) -> str:
        """`3 sessions`."""
        return self._counted(number, self._nouns.TIMES)

    def number(self, number: int) -> str:
        """A whole number: `1,200`."""
        return f"{number:,}".replace(",", SPACE if self._is_french else ",")

    def _counted(self, number: int, forms: tuple[str, str]) -> str:
        one = number < 2 if self._is_french else number == 1
        return f"{self.number(number)}{SPACE}{forms[0 if one else 1]}"

    def percent(self, share: Decimal) -> str:
        """`99.5 %`, in English without the space."""
        text = f"{share.normalize():f}"
        return f"{text.replace('.', ',')}{SPACE}%" if self._is_french else f"{text}%"

    def money(self, money: Money) -> str:
        """An amount with its currency."""
        shown = format_currency(money.amount, money.currency, locale=self.language)
        return shown.replace("\N{NARROW NO-BREAK SPACE}", SPACE)

    # Times.

    def day(self, day: date) -> str:
        """`1 January 2026`."""
        return self._written(day, "D MMMM YYYY")

    def weekday_and_day(self, day: date) -> str:
        """`Thursday 1 January`: the year stands in the caption."""
        return self._written(day, "dddd D MMMM")

    def _written(self, day: date, pattern: str) -> str:
        moment = pendulum.Date(day.year, day.month, day.day)
        text = moment.format(pattern, locale=self.language)
        if self._is_french and day.day == 1:
            text = re.sub(r"\b1\b", "1er", text, count=1)
        return re.sub(r"(\d|1er) ", rf"\1{SPACE}", text)

    def weekday(self, name: str) -> str:
        """The name of a weekday: `Monday`."""
        day = pendulum.Date(2024, 1, _A_MONDAY.day + _WEEKDAYS.index(name))
        return str(day.format("dddd", locale=self.language))

    def clock_time(self, time: str) -> str:
        """A local time: `09:00`, in French `9 h`."""
        if not self._is_french:
            return time
        hours, minutes = int(time[:2]), time[3:]
        return f"{hours}{SPACE}h" + (f"{SPACE}{minutes}" if minutes != "00" else "")

    def windows(self, windows: Sequence[str]) -> str:
        """Opening hours of a day: `09:00–12:00 and 13:00–17:00`."""
        if not windows:
            return self.plain("closed")
        shown = []
        for window in windows:
            opens, closes = self.clock_time(window[:5]), self.clock_time(window[6:])
            shown.append(f"de {opens} à {closes}" if self._is_french else f"{opens}–{closes}")
        return self.joined(shown)

    def in_zone(self, zone: str) -> str:
        """`in Stockholm time (…)`, for the zone in which periods are measured."""
        name = self.zone(zone)
        if not self._is_french:
            return f"in {name}"
        return f"à l’{name}" if name.startswith("heure") else f"en temps universel ({name})"

    def zone(self, zone: str) -> str:
        """A zone with its offsets in the year: `Stockholm time (UTC+1, in summer UTC+2)`."""
        return zone_name(zone, self.language, self.year)


@lru_cache(maxsize=1024)
def _spaced(slug: str) -> str:
    words = re.split(r"[_-]", slug)
    return " ".join(word.upper() if word in _UPPER else word for word in words)
