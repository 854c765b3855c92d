"""When clocks pause."""

from collections.abc import Iterator

from policies.page.model import Items, Paragraph, Part, Text
from policies.page.sections.targets import promised_clocks
from policies.page.wording.words import Words
from policies.schema.policy import Labelled


def pause_parts(words: Words) -> Iterator[Part]:
    """For the clocks with the same pauses, the reasons for which they pause."""
    clocks = promised_clocks(words.policy)
    if not clocks:
        return
    same: dict[tuple[str, ...], list[str]] = {}
    for name, clock in clocks.items():
        same.setdefault(clock.pauses, []).append(name)
    if set(same) == {()}:
        yield Part((Paragraph(words.say("no_pauses")),))
        return
    for pauses, names in same.items():
        if pauses:
            lead = words.say("pause_of", clocks=words.names(Labelled.CLOCK, names))
            yield Part((Items(tuple(_reason(words, pause) for pause in pauses), lead),))


def _reason(words: Words, name: str) -> Text:
    rule = words.policy.pauses[name]
    if not rule.starts:
        return words.say(f"pause_{name}")
    starts = words.joined([words.event(event) for event in rule.starts], "or")
    stops = words.joined([words.event(event) for event in rule.stops], "or")
    return words.say("pause_own", starts=starts, stops=stops)
