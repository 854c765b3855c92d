"""Service credits: what a customer gets for a missed promise, and how to claim it."""

from collections.abc import Iterator

from policies.business_time.durations import Duration
from policies.business_time.periods import Each
from policies.page.model import Items, Paragraph, Part, Text
from policies.page.sections.requests import requests_of
from policies.page.wording.words import Words
from policies.schema.policy import Labelled
from policies.schema.remedies import (
    BREACH,
    Amount,
    BandRule,
    CapRule,
    CreditRule,
    PercentOfFee,
    Worth,
)

_ONE_DAY = Duration.parse("1 day")


def credit_parts(words: Words) -> Iterator[Part]:
    """Each credit in a sentence, or with its bands as a list."""
    remedies = words.policy.remedies
    if not remedies.credits:
        return
    yield Part((Paragraph(words.say("late")),))
    plain = [rule for rule in remedies.credits if not rule.bands]
    if plain:
        yield Part((Items(tuple(_credit(words, rule) for rule in plain)),))
    for rule in remedies.credits:
        if rule.bands:
            yield Part(tuple(_banded(words, rule)))
    yield Part(tuple(Paragraph(text) for text in _claims(words)))


def _claims(words: Words) -> Iterator[Text]:
    remedies = words.policy.remedies
    if remedies.claim_within is not None:
        yield words.say("claim", duration=words.duration(remedies.claim_within))
    review = remedies.claim_review
    if review is not None and review.within is not None:
        yield words.say("claim_review", duration=words.duration(review.within))
    elif review is not None:
        yield words.say("claim_reviewed")


def _credit(words: Words, rule: CreditRule) -> Text:
    values = {"worth": worth_text(words, rule.worth), **_values(words, rule)}
    return _capped(words, words.plain(_form(rule), **values), rule.cap)


def _form(rule: CreditRule) -> str:
    """The name of the sentence for a rule without bands."""
    if rule.clock is not None and rule.each == BREACH:
        return "credit_breach"
    if rule.clock is not None:
        return "credit_late"
    if rule.service_level is not None:
        return "credit_level"
    return "credit_downtime" if rule.each is not None else f"credit_point_{rule.counts}"


def _values(words: Words, rule: CreditRule) -> dict[str, str]:
    values: dict[str, str] = {}
    if rule.clock is not None:
        requests = requests_of(words, plans=rule.plans, priorities=rule.priorities)
        name = words.name(Labelled.CLOCK, rule.clock)
        values["clock"] = f"{name} ({requests})" if requests else name
    if isinstance(rule.each, Duration):
        period = words.late_by if rule.clock is not None else words.down_for
        values["period"] = period(rule.each, rule.counts)
    if rule.availability_below is not None:
        values["percent"] = words.percent(rule.availability_below)
    if rule.service_level is not None:
        level = words.policy.service_levels[rule.service_level]
        name = words.text(level.says).words if level.says else rule.service_level.replace("_", " ")
        values["level"] = name
    return values


def _banded(words: Words, rule: CreditRule) -> Iterator[Items | Paragraph]:
    values = _values(words, rule)
    availability = words.policy.remedies.availability
    if rule.service_level is not None:
        lead = words.say("credit_level_bands", **values)
    elif rule.clock is not None:
        each = words.each(rule.period or Each.MONTH)
        lead = words.say("credit_breaches", each=each, **values)
    else:
        each = words.each(availability.each if availability else Each.MONTH)
        lead = words.say("credit_availability", each=each)
    plans = requests_of(words, plans=rule.plans) if rule.clock is None else ""
    if plans:
        lead = Text(f"{plans}{words.colon} {lead.words}")
    yield Items(tuple(_band(words, band) for band in rule.bands), lead)
    if rule.cap is not None:
        yield Paragraph(Text(_capped(words, "", rule.cap).words.strip()))


def _band(words: Words, band: BandRule) -> Text:
    worth = worth_text(words, band.worth)
    if band.below is not None:
        return words.say("band_below", percent=words.percent(band.below), worth=worth)
    return words.say("band_breaches", number=words.number(band.breaches or 1), worth=worth)


def _capped(words: Words, text: str, cap: CapRule | None) -> Text:
    if cap is None:
        return Text(text)
    worth: Worth | None = cap.time
    if cap.amount is not None:
        worth = Amount(amount=cap.amount)
    elif cap.percent is not None:
        worth = PercentOfFee(percent=cap.percent, of=cap.of or "")
    each = words.each(cap.each)
    return words.say("capped", text=text, cap=worth_text(words, worth), each=each)


def worth_text(words: Words, worth: Worth | None) -> str:
    """What one credit is worth: one day of contract time, unless the rule says otherwise."""
    if isinstance(worth, Amount):
        return words.money(worth.amount)
    if isinstance(worth, PercentOfFee):
        fee = words.policy.remedies.fees.get(worth.of)
        name = words.text(fee).words if fee else worth.of.replace("_", " ")
        name = name[:1].lower() + name[1:] if name[1:2].islower() else name
        return words.plain("worth_percent", percent=words.percent(worth.percent), fee=name)
    return words.plain("worth_time", duration=words.duration(worth or _ONE_DAY))
