"""Internal notes: the desk reads them, the requester never does."""

import pytest

from policies.vocabulary import Action, EventType, Role
from tests.harness import ENGINEERING
from tests.workflows.ticket.story import Story
from workflows.ticket.process import views

INSIDE = [role for role in Role if role not in (Role.REQUESTER, Role.SERVICE)]


def noted() -> Story:
    return Story().act(Action.ADD_NOTE, note="Their proxy again?")


@pytest.mark.parametrize("role", [Role.REQUESTER, Role.SERVICE])
def test_no_requester_sees_a_note(role: Role) -> None:
    story = noted()
    assert EventType.NOTE_ADDED not in {e.type for e in views.timeline(story.state, role)}
    assert "proxy" not in views.view(story.state, role).model_dump_json()


@pytest.mark.parametrize("role", INSIDE)
def test_the_desk_sees_the_note_and_its_author(role: Role) -> None:
    [note] = [e for e in views.timeline(noted().state, role) if e.type is EventType.NOTE_ADDED]
    assert (note.data, note.by.role) == ({"note": "Their proxy again?"}, Role.AGENT)


def test_nobody_is_notified_of_a_note_and_no_clock_follows_it() -> None:
    before, after = Story(), noted()
    assert len(after.state.notices) == len(before.state.notices)
    assert after.state.clocks == before.state.clocks
    assert after.state.stage is before.state.stage


def test_engineering_may_note_before_it_has_the_ticket() -> None:
    story = Story().act(Action.ADD_NOTE, ENGINEERING, note="We know this one.")
    assert story.events(EventType.NOTE_ADDED)
