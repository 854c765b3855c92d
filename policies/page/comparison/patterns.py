"""The regular expressions of numbers on pages, in English and French.

They are tried in an order, and what one has matched is not there for the next: the time of
`15 Feb 2023 at 02:39 PM` belongs to a timestamp and is no opening time. Repetitions have bounds, so
that no page takes long.
"""

import re

from policies.page.comparison.number_words import NUMBER_WORDS

_DIGITS = r"\d{1,3}(?:[ ,.]\d{3}){1,3}(?![\d])|\d{1,9}(?:[.,]\d{1,6})?"
NUMBER = rf"(?:{_DIGITS}|{NUMBER_WORDS})"
_IN_BRACKETS = rf"(?:\s{{0,2}}\(\s?(?:{NUMBER})\s?\))?"
_AND = r"\s{0,2}(?:,|/|-|and|or|to|et|ou|à)\s{0,2}"
_OPEN = r"business|working|office|support|service|opening"
_PLAIN = r"calendar|consecutive|clock|elapsed|contract"
_UNITS = (
    r"minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?"
    r"|heures?|jours?|semaines?|mois|ans?|années?"
)
_OPEN_AFTER = r"ouvrée?s?|œuvrée?s?|oeuvrée?s?|ouvrables?"
_BEFORE = r"(?<![\w.,:/-])"
_AFTER = r"(?![\w])"

DURATION = re.compile(
    rf"{_BEFORE}(?P<numbers>(?:{NUMBER}|un(?=\s?\(1\))){_IN_BRACKETS}"
    rf"(?:{_AND}{NUMBER}{_IN_BRACKETS}){{0,4}})"
    rf"[\s-]{{0,2}}(?:additional |further |more |full |supplémentaires? )?"
    rf"(?:(?P<open>{_OPEN})[\s-]|(?:{_PLAIN})[\s-])?(?P<unit>{_UNITS}){_AFTER}"
    rf"(?:\s(?P<open_after>{_OPEN_AFTER}){_AFTER})?"
)
HOURS_AND_MINUTES = re.compile(
    rf"{_BEFORE}(?P<hours>{NUMBER})(?: ?h(?:ours?|rs?|eures?)?)(?:,? and |,? et |,? )"
    rf"(?P<minutes>{NUMBER}) ?min(?:ute)?s?{_AFTER}"
)
ONE = re.compile(
    rf"\b(?:an? (?:additional|further|extra|single|full)|(?:within|in|after|for|takes) an?) "
    rf"(?:(?P<open>{_OPEN})[\s-])?(?P<unit>minute|hour|day|week|month|year)\b"
    rf"|\b(?:sous|dans|en) une? (?P<unit_fr>heure|jour|semaine)(?P<open_fr> ouvrée?)?\b"
    rf"|(?<!d')\bune (?P<unit_open>heure) ouvrée\b"
)
_HALF_UNIT = rf"(?:(?P<open{{0}}>{_OPEN})[\s-])?(?P<unit{{0}}>{_UNITS}){_AFTER}"
AND_A_HALF = re.compile(
    rf"{_BEFORE}(?P<number>{NUMBER})[\s-]and[\s-]a[\s-]half[\s-]{_HALF_UNIT.format('')}"
    rf"|{_BEFORE}(?P<number_unit>{NUMBER}|an?|une?) {_HALF_UNIT.format('_then')}"
    rf"(?:\s(?P<open_fr>{_OPEN_AFTER}){_AFTER})? (?:and a half|et demie?)\b"
    rf"|{_BEFORE}(?P<digits>\d{{1,3}})?(?:\s?½| 1/2)[\s-]?{_HALF_UNIT.format('_sign')}"
)
HALF = re.compile(
    rf"\bhalf an? {_HALF_UNIT.format('')}|\b(?:une )?demi-(?P<unit_fr>heure|journée)\b"
)
NEXT_BUSINESS_DAY = re.compile(
    r"(?P<by>\b(?:within|by|in|before|until) (?:the )?(?:end of )?(?:the )?)?"
    r"\b(?:(?:next|following) (?:business|working) day|nbd)\b"
    r"|\ble (?:prochain jour ouvré|jour ouvré suivant)\b"
)
FOLLOWING_WEEK = re.compile(r"\b(?:the following|next) week\b|\bla semaine (?:suivante|d'après)\b")
ALWAYS = re.compile(
    r"\b24 ?(?:/|x|×) ?7(?: ?(?:/|x|×) ?365)?\b"
    r"|\b(?:24|twenty-four) hours (?:a|per|/) ?day\b"
    r"(?:[, ]{1,2}(?:and )?(?:7|seven|every|365) days? ?(?:a|per|/) ?(?:week|year))?"
    r"|\b24 ?(?:h|heures) ?(?:/|sur) ?24\b(?:[ ,]{0,2}(?:et )?7 ?(?:j|jours) ?(?:/|sur) ?7\b)?"
    r"|\b7 ?(?:j|jours) ?(?:/|sur) ?7\b|\b7 days (?:a|per) week\b|\b365 days (?:a|per) year\b"
    r"|\b(?:a?round[ -]the[ -]clock)\b|\bjour et nuit\b"
)
OFFSET = re.compile(r"\b(?:utc|gmt) ?(?P<sign>[+-]) ?(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?\b")
ADDRESS = re.compile(
    r"\bhttps?://[^\s<>\"]{1,2000}|\bwww\.[^\s<>\"]{1,2000}"
    r"|[\w.+-]{1,64}@[\w.-]{1,255}|\+\d[\d ().-]{6,20}\d"
)
PERCENT = re.compile(rf"{_BEFORE}(?P<number>{NUMBER}) ?(?:%|percent\b|per cent\b|pour cent\b)")
_SIGNS = r"€|\$|£|¥"
MONEY = re.compile(
    rf"(?P<before>{_SIGNS}|\b(?:eur|usd|gbp|chf|sek|cad|aud|jpy)\b) ?(?P<first>{_DIGITS})"
    rf"|{_BEFORE}(?P<second>{_DIGITS}) ?(?P<after>{_SIGNS}|(?:eur|usd|gbp|chf|sek|cad|aud|jpy)\b"
    rf"|euros?\b|dollars?\b|pounds?\b)"
)
_CLOCK = r"(?:[01]?\d|2[0-4])"
RANGE_OF_DOTS = re.compile(
    rf"{_BEFORE}(?P<a>{_CLOCK}\.[0-5]\d) ?(?:-|to|until) ?(?P<b>{_CLOCK}\.[0-5]\d)(?![\d%])"
)
TIME = re.compile(
    rf"{_BEFORE.replace('-', '')}(?P<hour>{_CLOCK})[:](?P<minute>[0-5]\d)(?::[0-5]\d)?"
    rf"(?:\s?(?P<half>[ap])\.?m\b\.?)?(?!\d)"
    rf"|(?<![\w.,:/])(?P<hour12>1[0-2]|0?\d)\s?(?P<half12>[ap])\.?m\b\.?"
)
HOURS_TO = re.compile(rf"(?<![\w.,:/])(?P<a>{_CLOCK})(?= ?(?:-|to) ?(?:1[0-2]|0?\d)\s?[ap]\.?m\b)")
FRENCH_RANGE = re.compile(
    rf"\b(?:de|entre) (?P<a>{_CLOCK}) ?h(?: ?(?P<am>[0-5]\d))? (?:à|et) "
    rf"(?P<b>{_CLOCK}) ?h(?: ?(?P<bm>[0-5]\d))?(?![\wà-ÿ])"
    rf"|(?<![\w.,:/])(?P<c>{_CLOCK}) ?h(?: ?(?P<cm>[0-5]\d))? ?- ?(?P<d>{_CLOCK}) ?h"
    rf"(?: ?(?P<dm>[0-5]\d))?(?![\wà-ÿ])"
)
FRENCH_TIME = re.compile(rf"(?<![\w.,:/])(?P<hour>{_CLOCK}) ?h ?(?P<minute>[0-5]\d)(?![\wà-ÿ])")
MIDNIGHT = re.compile(r"\b(?:until|to|jusqu'à|à) (?P<name>midnight|minuit|noon|midi)\b")
IN_HOURS = re.compile(
    r"\b(?:measured|counted|calculated|count|appl(?:y|ies|ied)|run)\b(?! from)[^.|]{0,80}"
    r"\b(?:support|business|working|service|opening|office) hours\b"
    r"|\b(?:mesur|compt|calcul)[a-zé]{1,6}\b[^.|]{0,80}\bheures (?:ouvrées|de support|d'ouverture)"
)
OPEN_WORDS = re.compile(r"\b(?:business|working) (?:hours|days)\b|\bouvrée?s?\b")
