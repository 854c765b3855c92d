"""The duration that a text probably means, in the words of support pages or misspelt.

It is suggested only; a policy states the form that counts.
"""

import re
from difflib import get_close_matches

from policies.business_time.opening_hours import WEEKDAYS

NEXT_DAY = "1 business day, end of day"
SAME_DAY = "0 business days, end of day"
FOLLOWING_WEEK = "the following week"

_WORDS = (
    *("minute", "minutes", "hour", "hours", "day", "days", "week", "weeks"),
    *("business", "the", "following"),
)
_NUMBERS = dict(
    zip(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        range(1, 11),
        strict=True,
    )
)
_PHRASES = {
    "nbd": NEXT_DAY,
    "sbd": SAME_DAY,
    "eod": SAME_DAY,
    "eob": SAME_DAY,
    "cob": SAME_DAY,
    "tomorrow": NEXT_DAY,
    "today": SAME_DAY,
    "next day": NEXT_DAY,
    "next business day": NEXT_DAY,
    "following business day": NEXT_DAY,
    "end of next business day": NEXT_DAY,
    "close of next business day": NEXT_DAY,
    "same day": SAME_DAY,
    "same business day": SAME_DAY,
    "end of day": SAME_DAY,
    "end of business": SAME_DAY,
    "end of business day": SAME_DAY,
    "close of day": SAME_DAY,
    "close of business": SAME_DAY,
    "close of business day": SAME_DAY,
    "next week": FOLLOWING_WEEK,
    "following week": FOLLOWING_WEEK,
}
_SHORT = {
    "bd": "business days",
    "bds": "business days",
    "bh": "business hours",
    "h": "hours",
    "hr": "hours",
    "hrs": "hours",
    "m": "minutes",
    "min": "minutes",
    "mins": "minutes",
    "d": "days",
    "wk": "weeks",
    "wks": "weeks",
    "weekday": "business day",
    "weekdays": "business days",
    "working": "business",
    "work": "business",
    "workday": "business day",
    "workdays": "business days",
    "bus": "business",
}
_UNKNOWN = frozenset({"month", "months", "year", "years"})
"""Units that durations do not have, and that are like others."""
_FILLERS = frozenset(
    {"within", "in", "the", "by", "until", "calendar", "at", "latest", "a", "every", "up", "to"}
    | {"less", "than", "under", "below", "maximum", "max"}
)
_IN_OPEN_TIME = re.compile(
    r"(?P<unit>minutes?|hours?|days?) (?:during|within|in|of) "
    r"(?:(?:our|the|normal|regular|standard|local) )*"
    r"(?:business|support|working|office|service) (?:hours|time)"
)
"""4 hours during business hours are 4 business hours."""
_RANGE = re.compile(r"\d+ ?(?:-|–|to) ?(?=\d)")
"""Of 2-3 days, only the later end is a promise."""
_ROUND_THE_CLOCK = re.compile(r"24\s*[/x*]\s*7([/x*]365)?|24 hours a day|round[- ]the[- ]clock")
ROUND_THE_CLOCK = (
    "round the clock is a calendar, not a duration: write elapsed time such as "
    f'"4 hours", or a calendar with the hours {{{WEEKDAYS[0]}-{WEEKDAYS[-1]}: "00:00-24:00"}}'
)


def is_round_the_clock(text: str) -> bool:
    """Whether a text says that support never closes, such as 24/7."""
    return bool(_ROUND_THE_CLOCK.fullmatch(text.strip().lower()))


def likely_duration(text: str) -> str:
    """The text that is probably meant, which may still not be a duration. `text` is in lower case
    with single spaces.
    """
    text = _IN_OPEN_TIME.sub(r"business \g<unit>", text.lstrip("<≤~ ").replace(".", " "))
    plain, _, end = _RANGE.sub("", text).partition(",")
    words = [
        word
        for word in re.sub(r"(\d)(?=[a-z])|(?<=[a-z])-(?=[a-z])", r"\1 ", plain).split()
        if word not in _FILLERS
    ]
    words = " ".join(_SHORT.get(word, str(_NUMBERS.get(word, word))) for word in words).split()
    if phrase := _PHRASES.get(" ".join(words)):
        return phrase
    words = [
        word if word in _UNKNOWN else next(iter(get_close_matches(word, _WORDS)), word)
        for word in words
    ]
    if words == ["following", "week"]:
        return FOLLOWING_WEEK
    return " ".join(words) + (", end of day" if end.strip() in _ENDS else "")


_ENDS = ("end of day", "eod", "close of business", "cob", "end of business", "by end of day")
