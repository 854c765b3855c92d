"""Numbers written as words, from 0 to 999, in English and French: `forty-eight`, `cent vingt`."""

import re
from collections.abc import Iterator

_ENGLISH = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_ENGLISH_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_FRENCH = [
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
]
_FRENCH_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}


def _english() -> Iterator[tuple[str, int]]:
    yield from ((word, number) for number, word in enumerate(_ENGLISH))
    for tens, word in enumerate(_ENGLISH_TENS, 2):
        yield word, tens * 10
        for ones in range(1, 10):
            yield f"{word}-{_ENGLISH[ones]}", tens * 10 + ones
            yield f"{word} {_ENGLISH[ones]}", tens * 10 + ones


def _french() -> Iterator[tuple[str, int]]:
    yield from ((word, number) for number, word in enumerate(_FRENCH))
    for tens, word in _FRENCH_TENS.items():
        yield word, tens
        for ones in range(1, 20 if tens == 60 else 10):
            joined = " et " if ones in (1, 11) else "-"
            yield f"{word}{joined}{_FRENCH[ones]}", tens + ones
    yield "quatre-vingts", 80
    for ones in range(1, 20):
        yield f"quatre-vingt-{_FRENCH[ones]}", 80 + ones


_WORDS = {**dict(_english()), **dict(_french())}
"""Each word with its number. `six` is the same in both languages; `une` is not among them, because
it is nearly always an article.
"""


def _one_of(words: Iterator[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_UP_TO_99 = _one_of(word for word in _WORDS if word != "un")
_HUNDREDS = _one_of(word for word, number in _WORDS.items() if 2 <= number <= 9)
NUMBER_WORDS = (
    rf"(?:(?:(?:an?|one|{_HUNDREDS})[ -]hundred|(?:(?:{_HUNDREDS}) )?cents?)(?![a-zà-ÿ])"
    rf"(?:(?: and)? (?:{_UP_TO_99}|un))?|{_UP_TO_99})(?![a-zà-ÿ])"
)
"""The regular expression of a number in lower-case words. `un` alone is nearly always an article.
"""
_HUNDRED = re.compile(r"(?P<times>.*?)[ -]?\b(?:hundred|cents?)\b(?: and)? ?(?P<rest>.*)")


def number_of(words: str) -> int | None:
    """The number of a text that NUMBER_WORDS matches; None for digits."""
    hundreds = _HUNDRED.fullmatch(words)
    if hundreds is None:
        return _WORDS.get(words)
    times, rest = (
        _WORDS.get(part, default) for part, default in zip(hundreds.groups(), (1, 0), strict=True)
    )
    return times * 100 + rest
