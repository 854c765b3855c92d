"""Admission: whether a policy accepts a request, and all objections if it does not."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from policies.coverage.fact_types import is_of_type
from policies.i18n.locales import with_name, words_in
from policies.i18n.request_texts import phrase
from policies.schema.coverage import ChannelRule, FactRule
from policies.schema.policy import Labelled, NoticeRule, SupportPolicy
from policies.schema.tables import Dimension


@dataclass(frozen=True)
class Objection:
    """One reason why the policy does not accept a request."""

    field: str
    reason: str


class RequestRefused(ValueError):
    """The policy does not accept the request; `objections` has all reasons, in this locale."""

    def __init__(self, objections: list[Objection], locale: str) -> None:
        super().__init__("; ".join(f"{o.field}: {o.reason}" for o in objections))
        self.objections = objections
        self.locale = locale


def check_admitted(
    policy: SupportPolicy,
    values: Mapping[Dimension, str],
    facts: Mapping[str, JsonValue],
    locale: str,
) -> None:
    """Raise RequestRefused, with all objections, if the policy does not accept a request."""
    objections = [
        *_unknown_values(policy, values, locale),
        *_channel(policy, values, locale),
        *_wrong_facts(policy, facts, locale),
    ]
    if objections:
        raise RequestRefused(objections, locale)


def _unknown_values(
    policy: SupportPolicy, values: Mapping[Dimension, str], locale: str
) -> Iterator[Objection]:
    declared = {
        Dimension.PLAN: policy.plans,
        Dimension.REGION: policy.regions,
        Dimension.KIND: policy.kinds,
        Dimension.PRIORITY: policy.priorities,
    }
    for dimension, slugs in declared.items():
        value = values.get(dimension)
        if value in slugs or (value is None and not slugs):
            continue
        reason = phrase(
            locale,
            "needed" if value is None else "unknown",
            value=value,
            noun=phrase(locale, f"noun.{dimension}"),
            nouns=phrase(locale, f"nouns.{dimension}"),
            title=words_in(policy.title, locale, policy.locale),
            choices=_with_labels(policy, Labelled(dimension), slugs, locale),
        )
        yield Objection(dimension, reason)


def _channel(
    policy: SupportPolicy, values: Mapping[Dimension, str], locale: str
) -> Iterator[Objection]:
    if not policy.channels:
        return
    rules = [rule for rule in policy.channels if applies_to(rule, values)]
    channels = list(dict.fromkeys(c for rule in rules for c in rule.channels))
    if values[Dimension.CHANNEL] not in channels:
        cited = [policy.clauses[rule.clause].at for rule in rules or policy.channels]
        reason = phrase(
            locale,
            "channel",
            value=values[Dimension.CHANNEL],
            title=words_in(policy.title, locale, policy.locale),
            choices=_with_labels(policy, Labelled.CHANNEL, channels, locale),
            headings=tuple(dict.fromkeys(cited)),
        )
        yield Objection("channel", reason)


def _with_labels(
    policy: SupportPolicy, kind: Labelled, names: Iterable[str], locale: str
) -> tuple[str, ...]:
    labels = policy.labels.get(kind, {})
    choices = tuple(
        with_name(words_in(labels[name], locale, policy.locale) if name in labels else None, name)
        for name in names
    )
    return choices or (phrase(locale, "none"),)


def applies_to(rule: ChannelRule | NoticeRule, values: Mapping[Dimension, str]) -> bool:
    """Whether a rule applies to such a request. The priority of a notice is not tested, because it
    may change later.
    """
    conditions: list[tuple[tuple[str, ...], Dimension]] = [
        (rule.plans, Dimension.PLAN),
        (rule.kinds, Dimension.KIND),
    ]
    if isinstance(rule, ChannelRule):
        conditions += [
            (rule.priorities, Dimension.PRIORITY),
            (rule.regions, Dimension.REGION),
            (rule.received, Dimension.RECEIVED),
        ]
    return all(not allowed or values.get(d) in allowed for allowed, d in conditions)


def _wrong_facts(
    policy: SupportPolicy, given: Mapping[str, JsonValue], locale: str
) -> Iterator[Objection]:
    for name, value in given.items():
        rule = policy.facts.get(name)
        if rule is None:
            choices = tuple(policy.facts) or phrase(locale, "none")
            title = words_in(policy.title, locale, policy.locale)
            reason = phrase(locale, "fact_unknown", name=name, title=title, choices=choices)
            yield Objection(f"facts.{name}", reason)
        elif wrong := _wrong_fact(name, value, rule, (locale, policy.locale)):
            yield Objection(f"facts.{name}", wrong)


def _wrong_fact(
    name: str, value: JsonValue, rule: FactRule, locales: tuple[str, str]
) -> str | None:
    locale, ask = locales[0], words_in(rule.ask, *locales)
    if not is_of_type(value, rule.type):
        type_name = phrase(locale, f"type.{rule.type}")
        given = json.dumps(value, ensure_ascii=False)
        return phrase(locale, "wrong_type", value=given, type=type_name, ask=ask)
    if rule.choices and value not in rule.choices:
        choices = [with_name(words_in(text, *locales), name) for name, text in rule.choices.items()]
        return phrase(locale, "no_choice", value=value, choices=choices, ask=ask)
    if rule.given_by == "contract":
        return phrase(locale, "contracts_own", name=name)
    return None
