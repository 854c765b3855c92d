"""A refusal crosses the server by the name of its class, so every class must be known by it."""

from types import ModuleType

import pytest

from workflows.account import refusals as of_accounts
from workflows.shared import refusals as shared
from workflows.ticket.model import refusals as of_tickets


def refusals(module: ModuleType) -> set[type[shared.Refusal]]:
    found = {kind for kind in vars(module).values() if isinstance(kind, type)}
    return {kind for kind in found if issubclass(kind, shared.Refusal)} - {shared.Refusal}


@pytest.mark.parametrize(
    ("known", "module"),
    [
        (of_tickets.REFUSALS, of_tickets),
        (of_accounts.ACCOUNT_REFUSALS, of_accounts),
    ],
)
def test_every_refusal_is_known_by_its_name(
    known: dict[str, type[shared.Refusal]], module: ModuleType
) -> None:
    assert set(known.values()) == refusals(shared) | refusals(module)
    assert all(kind.__name__ == name for name, kind in known.items())
