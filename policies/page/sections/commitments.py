"""What an account is promised: included services, service levels and availability."""

import re
from collections.abc import Iterator, Mapping

from policies.business_time.durations import Duration
from policies.business_time.opening_hours import WEEKDAYS, expand_weekdays
from policies.page.model import Items, Paragraph, Part, Text
from policies.page.sections.branches import Values, branch
from policies.page.sections.grids import parts_of
from policies.page.sections.hours import hours_text
from policies.page.sections.requests import axes_of, requests_of
from policies.page.wording.words import Words
from policies.page.wording.zone_names import offset_text
from policies.schema.policy import Labelled
from policies.schema.remedies import AllowanceRule, AvailabilityRule, MaintenanceRule, UncountedRule
from policies.schema.tables import Dimension, Table

_ANNOUNCED = re.compile("announce|annonc", re.IGNORECASE)


def included_parts(words: Words) -> Iterator[Part]:
    """Bookable hours and sessions, in a sentence each."""
    allowances = words.policy.allowances
    if allowances:
        yield Part((Items(tuple(_allowance(words, *each) for each in allowances.items())),))


def _allowance(words: Words, name: str, rule: AllowanceRule) -> Text:
    kinds = words.names(Labelled.KIND, rule.kinds)
    requests = requests_of(words, plans=rule.plans)
    each = words.each(rule.each)
    if rule.hours is not None:
        amount = words.plain("allowance_hours", hours=words.hours(rule.hours), each=each)
    else:
        amount = words.plain("allowance_times", times=words.times(rule.times or 0), each=each)
    text = f"{kinds} ({requests})" if requests else kinds
    text = f"{text}{words.colon} {amount[:1].lower()}{amount[1:]}"
    if rule.rollover == "all":
        text += f"; {words.plain('rollover_all')}"
    elif rule.rollover is not None:
        left = words.hours(rule.rollover) if rule.hours else words.times(rule.rollover)
        text += f"; {_lower(words.plain('rollover', amount=left))}"
    return Text(f"{text}.")


def service_level_parts(words: Words) -> Iterator[Part]:
    """The shares of cases in time."""
    items = []
    for name, rule in words.policy.service_levels.items():
        who = requests_of(words, plans=rule.plans, priorities=rule.priorities)
        values = {
            "percent": words.percent(rule.percent),
            "clock": words.name(Labelled.CLOCK, rule.clock),
            "each": words.each(rule.each),
            "who": who,
        }
        sentence = words.plain("service_level_of" if who else "service_level", **values)
        title = words.text(rule.says).words if rule.says else name.replace("_", " ")
        items.append(Text(f"{title}{words.colon} {sentence}"))
    if items:
        yield Part((Items(tuple(items)),))


def availability_parts(words: Words) -> Iterator[Part]:
    """The promised availability, how it is measured, and what does not count."""
    rule = words.policy.remedies.availability
    if rule is None:
        return
    yield from _share(words, rule)
    how = "measured" if rule.measured == "counted_time" else "measured_whole"
    each, zone = words.each(rule.each), words.in_zone(rule.zone)
    blocks: list[Paragraph | Items] = [Paragraph(words.say(how, each=each, zone=zone))]
    if rule.maintenance is not None:
        blocks.append(Paragraph(_maintenance(words, rule.maintenance)))
    if rule.uncounted:
        causes = tuple(uncounted(words, cause) for cause in rule.uncounted.values())
        blocks.append(Items(causes, words.say("uncounted")))
    yield Part(tuple(blocks))


def _share(words: Words, rule: AvailabilityRule) -> Iterator[Part]:
    each, choice = words.each(rule.each), rule.percent
    if not isinstance(choice, Table):
        values = {
            "percent": words.percent(choice),
            "each": each,
            "of_each": words.of_each(rule.each),
        }
        yield Part((Paragraph(words.say("available", **values)),))
        return

    def share(request: Mapping[str, str]) -> Values:
        picked = choice.pick(request)
        return (words.percent(picked) if picked is not None else "–",)

    tree = branch(axes_of(words.policy, (Dimension.PLAN,)), share)
    caption = words.plain("availability_table", each=each)
    yield from parts_of(words, tree, (words.plain("share_column"),), caption)


def _maintenance(words: Words, rule: MaintenanceRule) -> Text:
    weekly: dict[str, tuple[str, ...]] = dict.fromkeys(WEEKDAYS, ())
    for days, windows in rule.hours.items():
        weekly.update(dict.fromkeys(expand_weekdays(days), tuple(windows)))
    hours = hours_text(words, weekly)
    if words.language == "fr":
        hours = _lower(hours)
    return words.say("maintenance", hours=hours, offset=offset_text(rule.offset))


def uncounted(words: Words, rule: UncountedRule) -> Text:
    """A cause that does not count, with how long before it is announced."""
    says = words.text(rule.says)
    if isinstance(rule.announced, Duration):
        duration = words.duration(rule.announced)
        text = words.plain("announced_before", says=says.words, duration=duration)
        return Text(text, says.language)
    if rule.announced and not _ANNOUNCED.search(says.words):
        return Text(words.plain("announced", says=says.words), says.language)
    return says


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
