"""Contracts: people and places that exist, and a plan that the policy has."""

# ruff: noqa: D103 - the name of a rule is the sentence it checks

from collections.abc import Iterator, Mapping

from policies.checks.places import unknown_in_contacts, unknown_locale, unknown_zone
from policies.checks.references import declared
from policies.coverage.fact_types import is_of_type
from policies.documents.problems import Finding
from policies.documents.suggestions import one_of
from policies.schema.contract import Contract, email_address
from policies.schema.policy import SupportPolicy
from policies.schema.tables import Dimension


def places_exist(contract: Contract) -> Iterator[Finding]:
    yield from unknown_zone(("zone",), contract.zone)
    yield from unknown_locale(("locale",), contract.locale)
    yield from unknown_in_contacts(contract.contacts)


def users_are_addresses(contract: Contract) -> Iterator[Finding]:
    for i, publication in enumerate(contract.publications):
        for j, user in enumerate(publication.users):
            try:
                email_address(f"anyone{user[1:]}" if user.startswith("*@") else user)
            except ValueError:
                wrong = f'"{user}" is not a mail address'
                right = 'write "mia@example.com", or "*@example.com" for everybody there'
                yield Finding(("publications", i, "users", j), wrong, right)


def publications_have_their_own_names(contract: Contract) -> Iterator[Finding]:
    names = [publication.name for publication in contract.publications]
    for i, name in enumerate(names):
        if name in names[:i]:
            wrong = f'the publication "{name}" is given twice'
            yield Finding(("publications", i, "name"), wrong, "keep one of the two")


CHECKS = (places_exist, users_are_addresses, publications_have_their_own_names)


def contract_mismatches(
    contract: Contract, policies: Mapping[str, SupportPolicy]
) -> Iterator[Finding]:
    """What a contract names that its policy does not have, or lacks that its policy needs."""
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
    for name, given in contract.facts.items():
        fact = policy.facts.get(name)
        if fact is None:
            wrong = f'"{name}" is no fact of {policy.policy}'
            yield Finding(("facts", name), wrong, one_of(name, policy.facts), about_key=True)
        elif not is_of_type(given, fact.type):
            wrong = f'"{name}" is declared as {fact.type}'
            yield Finding(("facts", name), wrong, f"write a {fact.type}")
