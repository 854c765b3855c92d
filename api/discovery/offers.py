"""The offer of a policy: what a form for requests can let people choose, in their words."""

from collections.abc import Iterable, Iterator, Mapping

from api.discovery.models import Channel, Choice, Condition, Fact, Offer
from policies.i18n.locales import words_in
from policies.schema.contract import Contract
from policies.schema.coverage import ChannelRule, FactRule, RequiredFor
from policies.schema.policy import Labelled, SupportPolicy, Value
from policies.terms.known_facts import LOOKED_UP
from policies.terms.overrides import apply_overrides


def offer_of(policy: SupportPolicy, locale: str | None = None) -> Offer:
    """The offer, in this language if the policy has it."""
    wording = _Wording(policy, locale or policy.locale)
    return Offer(
        policy=policy.policy,
        title=wording.say(policy.title),
        revision=policy.revision,
        locale=policy.locale,
        language=wording.locale,
        plans=wording.values(Labelled.PLAN, policy.plans),
        regions=wording.values(Labelled.REGION, policy.regions),
        kinds=wording.values(Labelled.KIND, policy.kinds),
        priorities=wording.values(Labelled.PRIORITY, policy.priorities),
        channels=tuple(_channels(policy, wording)),
        defaults={str(dimension): value for dimension, value in policy.defaults.items()},
        facts=tuple(
            _fact(name, rule, wording)
            for name, rule in policy.facts.items()
            if rule.given_by == "request" and name not in LOOKED_UP
        ),
    )


def offer_to(contract: Contract, policy: SupportPolicy, locale: str | None = None) -> Offer:
    """The offer to an account, whose contract replaces values of the policy. OverridesRefused if
    they do not fit.
    """
    effective = apply_overrides(policy, contract.overrides).policy
    stated = {"plan": contract.plan, "region": contract.region}
    defaults = {str(dimension): value for dimension, value in effective.defaults.items()}
    own = {name: value or defaults.get(name) for name, value in stated.items()}
    offer = offer_of(effective, locale or contract.locale)
    return offer.model_copy(update={"account": contract.account, **own})


class _Wording:
    """The words of a policy in one language."""

    def __init__(self, policy: SupportPolicy, locale: str) -> None:
        self._policy = policy
        self.locale = locale

    def say(self, says: str | Mapping[str, str]) -> str:
        return words_in(says, self.locale, self._policy.locale)

    def label(self, kind: Labelled, name: str) -> str:
        labels = self._policy.labels.get(kind, {})
        return self.say(labels[name]) if name in labels else name.replace("_", " ")

    def values(self, kind: Labelled, values: Mapping[str, Value]) -> tuple[Choice, ...]:
        return tuple(
            Choice(value=name, label=self.label(kind, name), says=self.say(value.says))
            for name, value in values.items()
        )


def _channels(policy: SupportPolicy, wording: _Wording) -> Iterator[Channel]:
    names = dict.fromkeys(name for rule in policy.channels for name in rule.channels)
    for name in names:
        conditions = [_condition(rule) for rule in policy.channels if name in rule.channels]
        yield Channel(
            value=name,
            label=wording.label(Labelled.CHANNEL, name),
            when=None if Condition() in conditions else tuple(conditions),
        )


def _condition(rule: ChannelRule) -> Condition:
    return Condition(
        plans=rule.plans or None,
        kinds=rule.kinds or None,
        priorities=rule.priorities or None,
        regions=rule.regions or None,
        received=rule.received or None,
        facts=rule.facts or None,
    )


def _fact(name: str, rule: FactRule, wording: _Wording) -> Fact:
    required = rule.required
    limits = required if isinstance(required, RequiredFor) else None
    return Fact(
        name=name,
        type=rule.type,
        ask=wording.say(rule.ask),
        required=bool(required),
        kinds=(limits.kinds or None) if limits else None,
        plans=(limits.plans or None) if limits else None,
        choices=tuple(_choices(rule.choices.items(), wording)) or None,
        allow_other=rule.allow_other,
    )


def _choices(
    choices: Iterable[tuple[str, str | Mapping[str, str]]], wording: _Wording
) -> Iterator[Choice]:
    return (Choice(value=value, label=wording.say(says)) for value, says in choices)
