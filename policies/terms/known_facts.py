"""The facts of a policy as a ticket pins them, with the texts that its kind of request needs."""

from policies.coverage.stated_facts import FactTerms, KnownFacts
from policies.i18n.locales import words_in
from policies.schema.coverage import FactRule, RequiredFor
from policies.schema.policy import SupportPolicy

ACTIVE_PUBLICATION, DESIGNATED_CONTACT = "active_publication", "designated_contact"
LOOKED_UP = (ACTIVE_PUBLICATION, DESIGNATED_CONTACT)
"""Facts that every contract answers, so that nobody is asked for them."""


def known_facts(policy: SupportPolicy, kind: str | None, locales: tuple[str, str]) -> KnownFacts:
    """The facts of a policy. Texts are in the first locale if possible, else in the second, the
    policy's.
    """
    asked = {
        name: rule
        for name, rule in policy.facts.items()
        if _concerns(rule, kind) and name not in LOOKED_UP
    }
    return KnownFacts(
        title=words_in(policy.title, *locales),
        locale=locales[0],
        facts={name: FactTerms.of(rule) for name, rule in policy.facts.items()},
        asks={name: words_in(rule.ask, *locales) for name, rule in asked.items()},
        labels={
            name: tuple(words_in(says, *locales) for says in rule.choices.values())
            for name, rule in asked.items()
            if rule.choices
        },
    )


def _concerns(fact: FactRule, kind: str | None) -> bool:
    """Whether requests of a kind can be asked for a fact."""
    if not isinstance(fact.required, RequiredFor) or not fact.required.kinds:
        return True
    return kind in fact.required.kinds
