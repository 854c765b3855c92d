"""Priorities and kinds in words, changes and notice, and the clauses of the agreement."""

from collections.abc import Iterator, Mapping

from policies.business_time.durations import Duration
from policies.page.model import Definition, Definitions, Items, Paragraph, Part, Text
from policies.page.wording.words import Words
from policies.schema.policy import Labelled, Value


def priority_parts(words: Words) -> Iterator[Part]:
    """What each priority means."""
    yield from _values(words, Labelled.PRIORITY, words.policy.priorities)


def kind_parts(words: Words) -> Iterator[Part]:
    """What each kind of request is."""
    yield from _values(words, Labelled.KIND, words.policy.kinds)


def _values(words: Words, kind: Labelled, values: Mapping[str, Value]) -> Iterator[Part]:
    if values:
        entries = (
            Definition(Text(words.name(kind, name)), (words.described(kind, name, value.says),))
            for name, value in values.items()
        )
        yield Part((Definitions(tuple(entries)),))


def notice_parts(words: Words) -> Iterator[Part]:
    """From when the page applies, and what is announced in advance."""
    policy = words.policy
    in_force = words.plain("in_force", day=words.day(policy.revision))
    blocks = [Paragraph(Text(f"{in_force} {words.plain('keeps_terms')}"))]
    if policy.announcement is not None:
        blocks.append(Paragraph(words.text(policy.announcement)))
    rule = policy.remedies.availability
    causes = rule.uncounted.values() if rule else ()
    items = []
    for cause in causes:
        says = words.text(cause.says)
        if isinstance(cause.announced, Duration):
            values = {"duration": words.duration(cause.announced), "says": says.words}
            items.append(Text(words.plain("in_advance_by", **values), says.language))
        elif cause.announced:
            items.append(says)
    announced = (Items(tuple(items), words.say("in_advance")),) if items else ()
    yield Part((*blocks, *announced))


def agreement_parts(words: Words) -> Iterator[Part]:
    """The clauses, under the headings of the agreement."""
    by_heading: dict[str, list[Text]] = {}
    for clause in words.policy.clauses.values():
        by_heading.setdefault(clause.at, []).append(words.text(clause.says))
    entries = (
        Definition(Text(heading[:1].upper() + heading[1:]), tuple(says))
        for heading, says in by_heading.items()
    )
    yield Part((Paragraph(words.say("agreement_lead")), Definitions(tuple(entries))))
