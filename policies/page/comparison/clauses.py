"""The clause of a policy that a sentence of a page belongs to, by its heading and its words."""

import re
from collections.abc import Mapping

from policies.i18n.locales import by_locale
from policies.page.comparison.page_text import Sentence
from policies.schema.policy import SupportPolicy

_WORD = re.compile(r"[a-zà-ÿ]{4,}")
_ENOUGH = 2
_HEADING = 3
_STEM = 5


class ClauseFinder:
    """Finds the clauses of one policy."""

    def __init__(self, policy: SupportPolicy) -> None:
        self._words: Mapping[str, frozenset[str]] = {
            name: _stems(" ".join(by_locale(clause.says, policy.locale).values()))
            for name, clause in policy.clauses.items()
        }
        self._found: dict[Sentence, str] = {}
        self._headings = {name: _plain(clause.at) for name, clause in policy.clauses.items()}

    def clause_of(self, sentence: Sentence) -> str:
        """The clause with the heading or the words of a sentence; empty if none is near."""
        if sentence not in self._found:
            self._found[sentence] = self._nearest(sentence)
        return self._found[sentence]

    def _nearest(self, sentence: Sentence) -> str:
        heading, stems = _plain(sentence.heading), _stems(sentence.text)
        best, found = _ENOUGH - 1, ""
        for name, words in self._words.items():
            score = len(words & stems)
            score += _HEADING if heading and heading == self._headings[name] else 0
            if score > best:
                best, found = score, name
        return found


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(text.lower()))


def _plain(heading: str) -> str:
    return re.sub(r"^[\d.)\sa-z]{0,6}[.)]\s|[:\s]+$", "", heading.lower()).strip()
