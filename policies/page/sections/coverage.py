"""What support covers and what it does not, by kind of request, and what we need to know for it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from policies.page.model import Block, Items, Paragraph, Part, Text
from policies.page.sections.requests import requests_of
from policies.page.wording.words import Words
from policies.schema.coverage import CoverageRule, FactRule, RequiredFor
from policies.schema.policy import Labelled

LOOKED_UP = ("active_publication", "designated_contact")
"""Facts that are looked up in the contract; nobody is asked for them."""
_ANSWER = re.compile(r'(?P<fact>\w+) == "(?P<answer>[^"]+)"')
_VERDICTS = ("covered", "not_covered", "not_eligible")


def coverage_parts(words: Words) -> Iterator[Part]:
    """The reasons of each verdict. With rules by kind, a part for each kind."""
    rules = words.policy.coverage
    if not rules:
        yield Part((Paragraph(words.say("all_covered")),))
        return
    kinds = dict.fromkeys(kind for rule in rules for kind in rule.kinds)
    general = [rule for rule in rules if not rule.kinds]
    yield from _lists(words, general, is_last=not kinds)
    for kind in words.policy.kinds if kinds else ():
        of_kind = [rule for rule in rules if kind in rule.kinds]
        if of_kind:
            heading = Text(words.name(Labelled.KIND, kind))
            yield Part((), heading)
            yield from _lists(words, of_kind, is_last=False, level=4)
            if questions := _questions(words, kind):
                yield Part(tuple(questions))
    if kinds and not all(_is_final(kind, rules) for kind in words.policy.kinds):
        yield Part((Paragraph(words.say("covered_else")),))


def _lists(
    words: Words, rules: Sequence[CoverageRule], *, is_last: bool, level: int = 3
) -> Iterator[Part]:
    for verdict in _VERDICTS:
        items = _reasons(words, rules, verdict)
        lead = words.say(f"{verdict}_lead") if verdict != "not_eligible" else None
        blocks: list[Block] = [Items(items, lead)] if items else []
        if blocks:
            yield Part(tuple(blocks), words.say(verdict), level)
    if is_last:
        if not any(rule.when == "true" for rule in rules):
            yield Part((Paragraph(words.say("covered_else")),))
        if questions := _questions(words, None):
            yield Part(tuple(questions))


def _is_final(kind: str, rules: Iterable[CoverageRule]) -> bool:
    """Whether one rule applies to every request of a kind that no other rule decided."""
    return any(rule.when == "true" and (not rule.kinds or kind in rule.kinds) for rule in rules)


def _reasons(words: Words, rules: Iterable[CoverageRule], verdict: str) -> tuple[Text, ...]:
    found: dict[Text, None] = {}
    for rule in rules:
        if rule.verdict == verdict:
            says = _reason(words, rule)
            plans = requests_of(words, plans=rule.plans)
            found[Text(f"{plans}: {says.words}" if plans else says.words, says.language)] = None
    return tuple(found)


def _reason(words: Words, rule: CoverageRule) -> Text:
    """The reason of a rule: the cause that it is about, if it is about one, else its text.

    The text is for somebody who is refused. A fact that nobody is asked for is a cause, which
    stands for itself in a list.
    """
    match = _ANSWER.fullmatch(rule.when.strip())
    fact = words.policy.facts.get(match["fact"]) if match and rule.verdict != "covered" else None
    if match is None or fact is None or fact.required or match["answer"] not in fact.choices:
        return words.text(rule.says)
    says = words.text(fact.choices[match["answer"]])
    return Text(says.words[:1].upper() + says.words[1:], says.language)


def _questions(words: Words, kind: str | None) -> list[Block]:
    """The facts that a request needs, and those that the contract has to state."""
    needed = [
        (name, fact)
        for name, fact in words.policy.facts.items()
        if name not in LOOKED_UP and _is_required(fact, kind)
    ]
    asked = tuple(words.text(fact.ask) for _, fact in needed if fact.given_by == "request")
    stated = tuple(words.text(fact.ask) for _, fact in needed if fact.given_by == "contract")
    blocks: list[Block] = []
    if asked:
        blocks.append(Items(asked, words.say("questions")))
    if stated:
        blocks.append(Items(stated, words.say("of_contract")))
    return blocks


def _is_required(fact: FactRule, kind: str | None) -> bool:
    if isinstance(fact.required, RequiredFor):
        return not fact.required.kinds or kind in fact.required.kinds
    return fact.required
