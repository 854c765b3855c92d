"""How a request is handled: first response, triage, engineering, resolution and closing."""

from collections.abc import Iterator, Mapping, Sequence

from policies.business_time.durations import Duration
from policies.page.model import Block, Items, Paragraph, Part, Text
from policies.page.sections.branches import Branch, ValueOf, Values, branch
from policies.page.sections.requests import axes_of, names_of
from policies.page.wording.words import Words
from policies.schema.clocks import ClockRule, NoGuarantee, length_of
from policies.schema.policy import Labelled
from policies.schema.tables import Table, dimensions_of, values_of
from policies.vocabulary import Guarantee, OnExpiry, Role

_AUDIENCES = {
    "requester": "you",
    "account_manager": "your_account_manager",
    "customer": "your_customer",
    "assignee": "someone",
}


def handling_parts(words: Words) -> Iterator[Part]:
    """The parts of the process that the policy has."""
    yield Part(tuple(_beginning(words)))
    for heading, blocks in (
        ("triage", tuple(_triage(words))),
        ("engineering", tuple(_engineering(words))),
        ("after", tuple(_after(words))),
    ):
        if blocks:
            yield Part(blocks, words.say(heading))


def _beginning(words: Words) -> Iterator[Block]:
    process = words.policy.process
    yield Paragraph(words.say("number"))
    if process.classification is not None and words.policy.priorities:
        by_you = Role.REQUESTER in process.classification.by
        yield Paragraph(words.say("classification_requester" if by_you else "classification"))
    if process.first_response is not None:
        outcomes = process.first_response.outcomes
        items = tuple(words.say(f"outcome_{outcome}") for outcome in outcomes)
        yield Items(items, words.say("outcomes"))
    if process.assignment is not None and process.assignment.keep_assigned:
        names = words.names(Labelled.PRIORITY, process.assignment.keep_assigned)
        yield Paragraph(words.say("keep_assigned", names=names))


def _triage(words: Words) -> Iterator[Block]:
    process = words.policy.process
    if process.escalation is not None:
        by_you = Role.REQUESTER in process.escalation.by
        yield Paragraph(words.say("triage_by_both" if by_you else "triage_by_agent"))
        if process.escalation.told_before_conclusion:
            told = [audience(words, each) for each in process.escalation.told_before_conclusion]
            yield Paragraph(words.say("triage_told", audiences=words.joined(told)))
    if process.triage is not None and process.triage.checklist:
        steps = tuple(words.text(step.does) for step in process.triage.checklist)
        yield Items(steps, words.say("triage_steps"), ordered=True)


def audience(words: Words, name: str) -> str:
    """An audience as the customer knows it."""
    if name in _AUDIENCES:
        return words.plain(_AUDIENCES[name])
    contact = words.policy.contacts.get(name)
    return contact.name if contact else name.replace("_", " ")


def _engineering(words: Words) -> Iterator[Block]:
    process = words.policy.process
    if process.handoff is not None:
        says = [words.say("handoff")]
        if process.handoff.automatic:
            says.append(words.say("handoff_automatic"))
        yield Paragraph(Text(" ".join(each.words for each in says)))
    if process.forecast is not None:
        viewpoints = [words.viewpoint(each) for each in process.forecast.viewpoints]
        says = [words.say("forecast", viewpoints=words.joined(viewpoints))]
        says.append(words.say("forecast_again"))
        yield Paragraph(Text(" ".join(each.words for each in says)))
    if process.releases is not None or _has_releases(words):
        yield Paragraph(words.say("releases"))


def _has_releases(words: Words) -> bool:
    return any(
        isinstance(promise, NoGuarantee) and promise.guarantee is Guarantee.NEXT_RELEASE
        for clock in words.policy.clocks.values()
        for _, promise in values_of(clock.within)
    )


def _after(words: Words) -> Iterator[Block]:
    process = words.policy.process
    if process.workaround is not None:
        yield Paragraph(words.say("workaround"))
    if process.estimate is not None:
        yield Paragraph(words.say("estimate"))
    for clock in words.policy.clocks.values():
        if clock.reminds_of_questions:
            yield from (Paragraph(text) for text in _reminders(words, clock))
    if process.closing is not None:
        duration = words.duration(process.closing.after)
        says = [words.say("closing", duration=duration)]
        if process.closing.reopen_by:
            names = [words.name(Labelled.CHANNEL, c) for c in process.closing.reopen_by]
            channels = [name[:1].lower() + name[1:] for name in names]
            says.append(words.say("reopen_by", channels=words.joined(channels, "or")))
        yield Paragraph(Text(" ".join(each.words for each in says)))


def _reminders(words: Words, clock: ClockRule) -> Iterator[Text]:
    """When the requester is reminded of a question, and what becomes of the request."""
    tree = branch(
        axes_of(words.policy, dimensions_of(clock.within), (clock.within,)),
        _reminder_of(words, clock),
    )
    if not isinstance(tree, Branch):
        yield from (Text(text) for text in tree.values if text)
        return
    for names, each in tree.entries:
        if isinstance(each, Branch) or not any(each.values):
            continue
        who = names_of(words, tree.dimension, names)
        yield Text(f"{who}: {' '.join(text for text in each.values if text)}")


def _reminder_of(words: Words, clock: ClockRule) -> ValueOf:
    def sentences(request: Mapping[str, str]) -> Values:
        choice = clock.within
        promise = choice.pick(request) if isinstance(choice, Table) else choice
        length = length_of(promise)
        if length is None:
            return ("", "")
        times = reminder_times(clock, length)
        first = words.plain("reminders", durations=words.durations(times)) if times else ""
        ends = {OnExpiry.CLOSE: "expires_close", OnExpiry.RESOLVE: "expires_resolve"}
        if clock.on_expiry is None:
            return first, ""
        return first, words.plain(ends[clock.on_expiry], duration=words.duration(length))

    return sentences


def reminder_times(clock: ClockRule, length: Duration) -> list[Duration]:
    """When the requester is reminded, from the question on, as whole durations."""
    times: list[Duration] = []
    for rung in clock.ladder:
        if "requester" not in _told(rung.tell):
            continue
        at = _rung_time(rung.at, length)
        if at is not None:
            times.append(at)
    return times


def _rung_time(at: str, length: Duration) -> Duration | None:
    if at == "breach":
        return length
    if at.endswith("%"):
        amount, rest = divmod(length.amount * int(at[:-1]), 100)
        return Duration(amount, length.unit) if not rest and amount else None
    if at.endswith(" after start"):
        return Duration.parse(at.removesuffix(" after start"))
    return None


def _told(tell: object) -> Sequence[str]:
    return [name for _, names in values_of(tell) for name in names]
