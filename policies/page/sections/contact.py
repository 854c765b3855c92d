"""How to reach us: the channels for each request."""

from collections.abc import Iterator, Mapping, Sequence

from policies.page.model import Paragraph, Part
from policies.page.sections.branches import Leaf, Values, branch
from policies.page.sections.grids import flat_rows, grid
from policies.page.sections.requests import axes_of, conditions_of
from policies.page.wording.words import Words
from policies.schema.coverage import ChannelRule
from policies.schema.policy import Labelled
from policies.schema.tables import Dimension

_LIMITS = {
    Dimension.PLAN: "plans",
    Dimension.KIND: "kinds",
    Dimension.PRIORITY: "priorities",
    Dimension.REGION: "regions",
}


def contact_parts(words: Words) -> Iterator[Part]:
    """The channels: a sentence, or a table by request."""
    rules = words.policy.channels
    if not rules:
        yield Part((Paragraph(words.say("any_channel")),))
        return
    limits = [d for d, key in _LIMITS.items() if any(getattr(rule, key) for rule in rules)]

    def channels(request: Mapping[str, str]) -> Values:
        accepting = [rule for rule in rules if _accepts(rule, request)]
        names = dict.fromkeys(name for rule in accepting for name in _channels(words, rule))
        return (_listed(words, [*names]) or words.plain("no_channel"),)

    tree = branch(axes_of(words.policy, limits), channels)
    if isinstance(tree, Leaf):
        listed = tree.values[0]
        listed = listed[:1].lower() + listed[1:]
        is_one = len({name for rule in rules for name in rule.channels}) == 1
        sentence = words.say("reach_one" if is_one else "reach", channels=listed)
        yield Part((Paragraph(sentence),))
        return
    column = words.plain("channels")
    table = grid(words.plain("reach_table"), (column,), flat_rows(words, tree))
    yield Part((table,))


def _listed(words: Words, names: Sequence[str]) -> str:
    """Channels in a sentence: only the first begins with a capital letter."""
    first, rest = [*names[:1]], [name[:1].lower() + name[1:] for name in names[1:]]
    return words.joined([*first, *rest], "or")


def _accepts(rule: ChannelRule, request: Mapping[str, str]) -> bool:
    limited = ((d, getattr(rule, key)) for d, key in _LIMITS.items())
    return all(not names or request[d] in names for d, names in limited)


def _channels(words: Words, rule: ChannelRule) -> Iterator[str]:
    conditions = conditions_of(words, rule.received, rule.facts)
    for channel in rule.channels:
        name = words.name(Labelled.CHANNEL, channel)
        if conditions:
            name = words.plain("with_condition", name=name, condition="; ".join(conditions))
        yield name
