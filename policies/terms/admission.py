"""Admission: whether a policy accepts a request, and all objections if it does not."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import JsonValue

from policies.coverage.stated_facts import KnownFacts, Objection
from policies.i18n.locales import with_name, words_in
from policies.i18n.request_texts import phrase
from policies.schema.coverage import ChannelRule
from policies.schema.policy import Labelled, NoticeRule, SupportPolicy
from policies.schema.tables import FACTS, Dimension


class RequestRefused(ValueError):
    """The policy does not accept the request; `objections` has all reasons, in this locale."""

    def __init__(self, objections: list[Objection], locale: str) -> None:
        super().__init__("; ".join(f"{o.field}: {o.reason}" for o in objections))
        self.objections = objections
        self.locale = locale


def check_admitted(
    policy: SupportPolicy,
    values: Mapping[str, str],
    known: KnownFacts,
    stated: Mapping[str, JsonValue],
    *,
    by_any_channel: bool,
) -> None:
    """Raise RequestRefused, with all objections, if the policy does not accept a request.

    The channel is not checked `by_any_channel`: a ticket that is open is not refused for it.
    """
    locale = known.locale
    objections = [
        *_unknown_values(policy, values, locale),
        *(() if by_any_channel else _channel(policy, values, locale)),
        *known.objections(stated),
    ]
    if objections:
        raise RequestRefused(objections, locale)


def _unknown_values(
    policy: SupportPolicy, values: Mapping[str, str], locale: str
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


def _channel(policy: SupportPolicy, values: Mapping[str, str], locale: str) -> Iterator[Objection]:
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


def applies_to(rule: ChannelRule | NoticeRule, values: Mapping[str, str]) -> bool:
    """Whether a rule applies to such a request. The priority and the facts of a notice are not
    tested, because they may change later.
    """
    conditions: list[tuple[tuple[str, ...], str]] = [
        (rule.plans, Dimension.PLAN),
        (rule.kinds, Dimension.KIND),
        (rule.regions, Dimension.REGION),
    ]
    if isinstance(rule, NoticeRule):
        conditions.append((rule.channels, Dimension.CHANNEL))
    else:
        conditions += [
            (rule.priorities, Dimension.PRIORITY),
            (rule.received, Dimension.RECEIVED),
        ]
        conditions += [(rows, FACTS + name) for name, rows in rule.facts.items()]
    return all(not allowed or values.get(d) in allowed for allowed, d in conditions)
