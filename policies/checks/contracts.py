"""Contracts: valid by themselves, and in agreement with their policy."""

# ruff: noqa: D103 - the name of a check states what must be true

from collections.abc import Iterator, Mapping

from policies.checks.facts import declared_fact_errors
from policies.checks.places import unknown_in_contacts, unknown_locale, unknown_zone
from policies.checks.references import declared, repeated
from policies.documents.problems import Finding
from policies.documents.suggestions import one_of
from policies.email_addresses import email_address
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.tables import Dimension


def zones_and_locales_exist(contract: Contract) -> Iterator[Finding]:
    yield from unknown_zone(("zone",), contract.zone)
    yield from unknown_locale(("locale",), contract.locale)
    yield from unknown_in_contacts(contract.contacts)
    for i, publication in enumerate(contract.publications):
        if publication.account_manager is not None:
            path = ("publications", i, "account_manager")
            yield from unknown_zone((*path, "zone"), publication.account_manager.zone)
            yield from unknown_locale((*path, "locale"), publication.account_manager.locale)


def publication_users_are_addresses(contract: Contract) -> Iterator[Finding]:
    for i, publication in enumerate(contract.publications):
        for j, user in enumerate(publication.users):
            try:
                email_address(f"anyone{user[1:]}" if user.startswith("*@") else user)
            except ValueError:
                wrong = f'"{user}" is not an e-mail address'
                right = 'write "mia@example.com", or "*@example.com" for a whole domain'
                yield Finding(("publications", i, "users", j), wrong, right)


def publication_names_are_unique(contract: Contract) -> Iterator[Finding]:
    for i, name in repeated(publication.name for publication in contract.publications):
        wrong = f'the publication "{name}" is given twice'
        yield Finding(("publications", i, "name"), wrong, "remove one of them")


CHECKS = (zones_and_locales_exist, publication_users_are_addresses, publication_names_are_unique)


def contract_mismatches(
    contract: Contract, policies: Mapping[str, SupportPolicy]
) -> Iterator[Finding]:
    """Names in a contract that its policy does not declare, and values that the policy needs."""
    policy = policies.get(contract.policy)
    if policy is None:
        wrong = f'there is no policy "{contract.policy}"'
        yield Finding(("policy",), wrong, one_of(contract.policy, policies))
        return
    for field, dimension in (("plan", Dimension.PLAN), ("region", Dimension.REGION)):
        value, known = getattr(contract, field), declared(policy)[dimension]
        if value is None and known and dimension not in policy.defaults:
            right = f"add it; {one_of('', known)}"
            yield Finding((), f'the key "{field}" is missing', right)
        elif value is not None and value not in known:
            wrong = f'"{value}" is not a {field} of {policy.policy}'
            yield Finding((field,), wrong, one_of(value, known))
    yield from _unknown_fees(contract, policy)
    for name, given in contract.facts.items():
        fact = policy.facts.get(name)
        if fact is None:
            wrong = f'"{name}" is not a fact of {policy.policy}'
            yield Finding(("facts", name), wrong, one_of(name, policy.facts), about_key=True)
        else:
            yield from declared_fact_errors(("facts", name), given, fact)


def _unknown_fees(contract: Contract, policy: SupportPolicy) -> Iterator[Finding]:
    for name in contract.fees:
        if name not in policy.remedies.fees:
            wrong = f'"{name}" is not a fee of {policy.policy}'
            right = one_of(name, policy.remedies.fees)
            yield Finding(("fees", name), wrong, right, about_key=True)
