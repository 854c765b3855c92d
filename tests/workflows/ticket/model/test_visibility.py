"""Which events the requester's side is told of, and which of their data it sees."""

from collections.abc import Iterable
from typing import Any

import pytest

from policies.terms.model.clock import RungTerms
from policies.terms.model.notice import NoticeTerms
from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import EventType, Role
from tests.harness import AGENT, PRODUCT, REQUESTER, SERVICE, new_york, opening
from tests.workflows.ticket.ticket_driver import WEDNESDAY
from workflows.shared.action_request import Actor
from workflows.ticket.model.events import Event
from workflows.ticket.model.visibility import (
    author_for,
    data_for,
    is_of_requesters,
    is_told,
    public_data,
    shown_event,
)

AT = new_york(WEDNESDAY)


def event(kind: EventType, by: Actor = AGENT, **data: Any) -> Event:
    return Event(seq=1, type=kind, at=AT, by=by, data=data)


def terms_with(notices: Iterable[NoticeTerms] = ()) -> Terms:
    """Terms with two clocks: of `public` only the breach notifies the requester, `internal` is not
    promised and notifies only the team.
    """
    terms = opening(AT).terms
    warning = RungTerms(at="50%", tell=("lead",))
    ladders = {
        "public": (warning, RungTerms(at="breach", tell=("lead", "requester"))),
        "internal": (warning, RungTerms(at="breach", tell=("lead",))),
    }
    clocks = tuple(
        terms.clocks[0].model_copy(
            update={"name": name, "ladder": ladder, "promised": name == "public"}
        )
        for name, ladder in ladders.items()
    )
    return terms.model_copy(update={"notices": tuple(notices), "clocks": clocks})


def tells(kind: EventType, *audiences: str) -> NoticeTerms:
    return NoticeTerms(event=kind, tell=audiences)


@pytest.mark.parametrize(
    ("notices", "told"),
    [
        ([], False),
        ([tells(EventType.ESCALATED, "requester", "lead")], True),
        ([tells(EventType.ESCALATED, "lead")], False),
        ([tells(EventType.RESPONDED, "requester")], False),
        ([tells(EventType.RESPONDED, "lead"), tells(EventType.ESCALATED, "requester")], True),
    ],
)
def test_a_requester_is_told_of_an_event_if_a_notice_of_it_is_for_requesters(
    notices: list[NoticeTerms], *, told: bool
) -> None:
    escalated = event(EventType.ESCALATED, message="A regression.")
    terms = terms_with(notices)
    assert is_told(escalated, terms) is told
    assert public_data(escalated, terms) == ({"message": "A regression."} if told else {})


@pytest.mark.parametrize("by", [REQUESTER, SERVICE])
def test_a_requester_is_told_of_what_their_side_did(by: Actor) -> None:
    assert is_told(event(EventType.ESCALATED, by), terms_with())


@pytest.mark.parametrize(
    ("clock", "rung", "told"),
    [
        ("public", "breach", True),
        ("public", "50%", False),
        ("internal", "breach", False),
        ("internal", "50%", False),
    ],
)
def test_a_requester_is_told_of_a_rung_if_that_rung_notifies_requesters(
    clock: str, rung: str, *, told: bool
) -> None:
    warned = event(EventType.CLOCK_WARNED, clock=clock, rung=rung)
    assert is_told(warned, terms_with()) is told


@pytest.mark.parametrize(
    ("kind", "clock", "rung", "is_shown"),
    [
        (EventType.CLOCK_WARNED, "public", "breach", True),
        (EventType.CLOCK_WARNED, "public", "50%", False),
        (EventType.CLOCK_WARNED, "internal", "50%", False),
        (EventType.CLOCK_BREACHED, "public", "50%", True),
        (EventType.CLOCK_BREACHED, "internal", "breach", False),
    ],
)
def test_a_requester_sees_the_events_of_a_promised_clock_of_which_they_are_told(
    kind: EventType, clock: str, rung: str, *, is_shown: bool
) -> None:
    found, terms = event(kind, clock=clock, rung=rung), terms_with()
    view = shown_event(found, terms, Role.REQUESTER)
    assert (view is not None) is is_shown
    assert view is None or view.data == {"clock": clock, "rung": rung}
    staff = shown_event(found, terms, Role.AGENT)
    assert staff is not None
    assert staff.data == found.data


def test_a_requester_does_not_see_internal_events_and_parts() -> None:
    terms = terms_with()
    note = event(EventType.NOTE_ADDED, note="Ask Ada.")
    assert shown_event(note, terms, Role.REQUESTER) is None
    reclassified = event(EventType.RECLASSIFIED, to="high", reason="They are loud.", unknown=1)
    view = shown_event(reclassified, terms, Role.REQUESTER)
    assert view is not None
    assert view.data == {"to": "high"}


def test_a_level_has_a_name_for_a_requester_who_has_named_it() -> None:
    terms = terms_with()
    for by, data in ((REQUESTER, {"level_name": "director"}), (AGENT, {})):
        assert public_data(event(EventType.LEVEL_RAISED, by, level_name="director"), terms) == data


def test_of_a_list_of_clocks_a_requester_sees_those_that_are_promised() -> None:
    clocks = [{"name": "public"}, {"name": "internal"}]
    changed = event(EventType.REVISION_CHANGED, clocks=clocks, to="2027-01-01")
    for told in (None, True):
        seen = public_data(changed, terms_with(), told=told)
        assert seen == {"clocks": [{"name": "public"}], "to": "2027-01-01"}


def test_a_notice_to_requesters_states_what_they_are_notified_of() -> None:
    terms = terms_with()
    breached = event(EventType.CLOCK_BREACHED, clock="internal", rung="breach")
    escalated = event(EventType.ESCALATED, message="A regression.")
    reclassified = event(EventType.RECLASSIFIED, to="high", reason="They are loud.")
    for audience in ("requester", "requester/7K2M-0QXW-9HTE"):
        assert data_for(audience, breached, terms) == breached.data
        assert data_for(audience, escalated, terms) == escalated.data
        assert data_for(audience, reclassified, terms) == {"to": "high"}
    assert data_for("lead", reclassified, terms) == reclassified.data


def test_a_notice_of_a_raised_level_states_its_message_only_if_the_policy_tells_requesters() -> (
    None
):
    raised = event(EventType.LEVEL_RAISED, level=1, message="Nobody answers.")
    for notices, data in (
        ([], {"level": 1}),
        ([tells(EventType.LEVEL_RAISED, "requester")], raised.data),
    ):
        assert data_for("requester", raised, terms_with(notices)) == data


def test_staff_without_a_name_is_the_team_in_a_notice_to_requesters() -> None:
    terms, nameless = terms_with(), AGENT.model_copy(update={"name": ""})
    assert author_for("requester", nameless, terms) == terms.title
    assert author_for("lead", nameless, terms) == nameless.id
    assert author_for("requester", PRODUCT, terms) == PRODUCT.name


def test_requesters_are_that_of_the_ticket_and_those_of_its_duplicates() -> None:
    audiences = ("requester", "requester/7K2M-0QXW-9HTE", "lead", "requesters")
    assert [is_of_requesters(audience) for audience in audiences] == [True, True, False, False]
