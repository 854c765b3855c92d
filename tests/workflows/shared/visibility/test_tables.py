"""Nothing that a reader can get is missing from the tables of who sees what (fault 55)."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from api.accounts.models import (
    AccountDocument,
    AccountEventDocument,
    EnablementDocument,
    OutageDocument,
    SessionTaken,
)
from api.listing.filters import TicketFilters
from api.listing.models import ListedTicket
from commands.scenario.script import read_script
from policies.vocabulary import ACCOUNT_EVENTS, INTERNAL_EVENTS, STAFF_EVENTS, EventType, Role
from settings import ROOT
from tests.harness import CATALOG
from tests.workflows.ticket.core_player import LONG_AGO, CorePlayer
from tests.workflows.ticket.simulated_ticket import CONTRACTS, CoreWorkload
from workflows.account.model.events import AccountEventType
from workflows.shared.visibility.account_parts import ACCOUNT_EVENT_PARTS, ACCOUNT_PARTS
from workflows.shared.visibility.redaction import blank
from workflows.shared.visibility.sight import SEES_INTERNAL, Parts, Sight, sees_internal
from workflows.shared.visibility.ticket_events import TICKET_EVENTS
from workflows.shared.visibility.ticket_parts import INTERNAL_FILTERS, ROWS, TICKET_PARTS
from workflows.ticket.model.views import EventView, Reply, Summary, TicketView

pytestmark = pytest.mark.fault(55)
OF_TICKETS = (TicketView, Reply, Summary, EventView, ListedTicket)
OF_ACCOUNTS = (
    AccountDocument,
    AccountEventDocument,
    EnablementDocument,
    OutageDocument,
    SessionTaken,
)
SCENARIOS = sorted((ROOT / "examples" / "scenarios").glob("*/*.yaml"))


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def reached(roots: Iterable[type[BaseModel]]) -> dict[str, type[BaseModel]]:
    """The models that a reader gets, with those in them, by name."""
    found: dict[str, type[BaseModel]] = {}
    waiting = [*roots]
    while waiting:
        model = waiting.pop()
        if model.__name__ not in found:
            found[model.__name__] = model
            fields = model.model_fields.values()
            waiting += [inner for field in fields for inner in models_in(field.annotation)]
    return found


ALL_PARTS = [(reached(OF_TICKETS), TICKET_PARTS), (reached(OF_ACCOUNTS), ACCOUNT_PARTS)]
BOTH = pytest.mark.parametrize(("models", "table"), ALL_PARTS, ids=("tickets", "accounts"))


def test_every_role_sees_internal_parts_or_does_not() -> None:
    assert set(SEES_INTERNAL) == set(Role)
    assert {role for role in Role if not sees_internal(role)} == {Role.REQUESTER, Role.SERVICE}


@BOTH
def test_every_field_that_a_reader_can_get_is_in_the_table(
    models: dict[str, type[BaseModel]], table: dict[str, Parts]
) -> None:
    fields = {name: set(model.model_fields) for name, model in models.items()}
    assert {name: set(parts) for name, parts in table.items()} == fields


@BOTH
def test_a_field_that_is_not_public_can_be_left_out(
    models: dict[str, type[BaseModel]], table: dict[str, Parts]
) -> None:
    for name, parts in table.items():
        if Sight.PUBLIC not in parts.values():
            continue  # the whole model is internal, and never in a public part
        for field, sight in parts.items():
            info = models[name].model_fields[field]
            assert sight is Sight.PUBLIC or not info.is_required() or blank(info) == ""


def test_rows_and_filters_name_fields() -> None:
    models = reached(OF_TICKETS)
    assert all(field in models[name].model_fields for name, (field, _) in ROWS.items())
    assert set(TicketFilters.model_fields) >= INTERNAL_FILTERS


def test_every_event_of_a_ticket_is_in_the_table() -> None:
    assert set(TICKET_EVENTS) == set(EventType)
    internal = {k for k, event in TICKET_EVENTS.items() if event.conditions == (Sight.INTERNAL,)}
    assert internal == INTERNAL_EVENTS | STAFF_EVENTS | ACCOUNT_EVENTS | {
        EventType.PRIORITY_CHANGED
    }


def test_every_event_of_an_account_is_in_the_table() -> None:
    assert set(ACCOUNT_EVENT_PARTS) == {str(kind) for kind in AccountEventType}


@cache
def produced() -> tuple[set[tuple[EventType, str]], set[tuple[str, str]]]:
    """Types and keys of the data of events: in every scenario, and in random lives of tickets under
    every contract.
    """
    of_tickets: set[tuple[EventType, str]] = set()
    of_accounts: set[tuple[str, str]] = set()
    tickets = []
    for path in SCENARIOS:
        player = CorePlayer(read_script(path, CATALOG, LONG_AGO))
        list(player.run())
        tickets += [player.driver.state] if player.driver else []
        account = player.account.driver.account.state if player.account else None
        of_accounts |= {
            (e.type, key) for e in (account.events if account else ()) for key in e.data
        }
    for path in CONTRACTS:
        workload = CoreWorkload("visibility", path)
        workload.run()
        tickets += [workload.ticket.state] if workload.ticket else []
    of_tickets |= {(e.type, key) for state in tickets for e in state.events for key in e.data}
    return of_tickets, of_accounts


def test_the_data_of_every_event_of_a_ticket_is_in_the_table() -> None:
    of_tickets, _ = produced()
    assert {(kind, key) for kind, key in of_tickets if key not in TICKET_EVENTS[kind].data} == set()
    assert len({kind for kind, _ in of_tickets}) > 20


def test_the_data_of_every_event_of_an_account_is_in_the_table() -> None:
    _, of_accounts = produced()
    known = {kind: parts for kind, parts in ACCOUNT_EVENT_PARTS.items() if parts is not None}
    missing = {(kind, key) for kind, key in of_accounts if kind in known and key not in known[kind]}
    assert missing == set()
    assert len({kind for kind, _ in of_accounts}) > 8
