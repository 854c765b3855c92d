"""The levels of management to which a request can be escalated."""

from collections.abc import Iterator

from policies.page.model import Items, Paragraph, Part, Text
from policies.page.sections.requests import requests_of, with_requests
from policies.page.wording.words import Words
from policies.schema.process import LevelRule, LevelsRule
from policies.vocabulary import Ending, LevelOrder, Role


def escalation_parts(words: Words) -> Iterator[Part]:
    """Who can escalate, the levels in their order, and until when."""
    levels = words.policy.process.levels
    if levels is None:
        return
    lead = words.say("levels_you" if Role.REQUESTER in levels.by else "levels_us")
    is_ladder = levels.order is LevelOrder.LADDER
    items = tuple(_level(words, level) for level in levels.ladder)
    list_of_levels = Items(items, lead, ordered=is_ladder)
    note = words.say("levels_ladder" if is_ladder else "levels_any")
    blocks = [list_of_levels]
    says = [note.words] if len(items) > 1 else []
    says += [text.words for text in _endings(words, levels)]
    yield Part((*blocks, *((Paragraph(Text(" ".join(says))),) if says else ())))


def _level(words: Words, level: LevelRule) -> Text:
    says = words.text(level.says)
    name = says.words[:1].upper() + says.words[1:]
    requests = requests_of(words, plans=level.plans)
    return Text(with_requests(words, name, requests), says.language)


def _endings(words: Words, levels: LevelsRule) -> Iterator[Text]:
    if {Ending.RESOLUTION, Ending.REFUSAL} <= set(levels.after):
        yield words.say("levels_after_both")
        return
    for ending in levels.after:
        yield words.say(f"levels_after_{ending}")
