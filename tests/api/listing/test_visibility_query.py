from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.problems import Problem
from api.identity.caller import Caller, Scope
from api.listing.cursor import Cursor
from api.listing.filters import EARLIEST, LATEST, TicketFilters
from api.listing.time_windows import Window
from api.listing.visibility_query import between, tickets
from policies.vocabulary import Role, Stage
from workflows.shared.action_request import Actor
from workflows.temporal.list_filters import quoted
from workflows.ticket.model.fields import requester_id

NOON = datetime(2027, 1, 6, 12, tzinfo=UTC)
INSTANTS = st.datetimes(
    min_value=EARLIEST.replace(tzinfo=None), max_value=LATEST.replace(tzinfo=None)
).map(lambda at: at.replace(tzinfo=UTC))


EVERYBODY = Caller(Actor(id="ada", role=Role.AGENT))
OF_HARBOUR = replace(EVERYBODY, accounts=frozenset({"harbour-media"}))


@given(st.text())
def test_no_text_ends_its_literal(text: str) -> None:
    literal = quoted(text)
    inside = literal[1:-1].replace("\\\\", "").replace("''", "")
    assert literal[0] == literal[-1] == "'"
    assert "'" not in inside
    assert "\\" not in inside


def test_without_filters_the_query_is_for_all_tickets() -> None:
    assert tickets(TicketFilters(), EVERYBODY) == (
        "WorkflowType = 'Ticket' AND ExecutionStatus IN ('Running', 'Completed') "
        "AND TicketStage IS NOT NULL"
    )


def test_filters_are_joined_and_values_quoted() -> None:
    filters = TicketFilters(
        stage=[Stage.TRIAGE, Stage.RECEIVED], assignee=["o'brien"], breached=["any"], open=[True]
    )
    query = tickets(filters, OF_HARBOUR)
    assert "TicketStage IN ('triage', 'received')" in query
    assert "TicketAssignee IN ('o''brien')" in query
    assert "TicketBreached IS NOT NULL" in query
    assert "TicketStage != 'closed'" in query
    assert query.endswith("AND TicketAccount IN ('harbour-media')")


def test_account_of_the_caller_is_added_to_the_filter() -> None:
    query = tickets(TicketFilters(account=["salt-press"]), OF_HARBOUR)
    assert "TicketAccount IN ('salt-press') AND TicketAccount IN ('harbour-media')" in query


def test_a_requester_is_found_by_account_and_address() -> None:
    mia = replace(OF_HARBOUR, email="Mia@harbour.example", scope=Scope.OWN)
    same = requester_id("harbour-media", "mia@harbour.example")
    assert tickets(TicketFilters(), mia).endswith(f"AND TicketRequester IN ('{same}')")
    assert same != requester_id("salt-press", "mia@harbour.example")
    assert "mia" not in same


def test_times_extend_a_second_further() -> None:
    assert between("TicketNextDue", NOON, NOON + timedelta(hours=1)) == (
        "TicketNextDue BETWEEN '2027-01-06T11:59:59.000000+00:00' "
        "AND '2027-01-06T13:00:01.000000+00:00'"
    )


@given(INSTANTS, INSTANTS, INSTANTS, INSTANTS)
def test_parts_of_a_window_are_the_window(
    a: datetime, b: datetime, now: datetime, at: datetime
) -> None:
    window = Window(min(a, b), max(a, b))
    if window.is_short:
        return
    parts = window.parts(now)
    assert len(parts) > 1
    assert parts[0].begins == window.begins
    assert parts[-1].ends == window.ends
    assert sum(part.contains(at) for part in parts) == window.contains(at)
    assert all(part.ends - part.begins < window.ends - window.begins for part in parts)


@given(INSTANTS)
def test_cursor_survives_a_round_trip(at: datetime) -> None:
    cursor = Cursor("due", at, "7K2M-0QXW-9HTE")
    assert Cursor.decoded(cursor.encoded("list"), "list") == cursor


@given(st.text(max_size=80) | st.binary(max_size=60).map(lambda b: b.hex()))
def test_other_texts_are_not_cursors(text: str) -> None:
    with pytest.raises(Problem):
        Cursor.decoded(text, "list")


def test_every_page_of_a_list_has_one_fingerprint() -> None:
    first, second = TicketFilters(limit=1), TicketFilters(limit=2, cursor="x")
    assert first.fingerprint == second.fingerprint
    assert first.fingerprint != TicketFilters(open=[True]).fingerprint
