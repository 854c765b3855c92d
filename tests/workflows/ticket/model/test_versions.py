"""Actions for versions of a ticket: another one has changed since it was read."""

import pytest

from policies.vocabulary import Action
from tests.harness import AGENT
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.ticket.actions.information import AddNote
from workflows.ticket.model.refusals import Changed


def note(id: str, *versions: int) -> ActionRequest[ActionInput]:
    content = AddNote(note="Their proxy?")
    return ActionRequest[ActionInput](id=id, actor=AGENT, content=content, if_versions=versions)


def test_an_action_for_the_present_version_is_possible() -> None:
    driver = TicketDriver().act(Action.ADD_NOTE, note="One.")
    driver.ticket.check_version(note("note-2", 2))
    driver.ticket.check_version(note("note-2", 1, 2))
    driver.ticket.check_version(note("note-2", 2).model_copy(update={"if_versions": None}))


@pytest.mark.parametrize("versions", [(1,), (3,), ()])
def test_an_action_for_other_versions_is_refused(versions: tuple[int, ...]) -> None:
    driver = TicketDriver().act(Action.ADD_NOTE, note="One.")
    with pytest.raises(Changed) as refused:
        driver.ticket.check_version(note("note-2", *versions))
    assert refused.value.values["version"] == 2
    assert refused.value.phrase == ("changed" if versions else "no_version")


def test_an_action_that_was_taken_can_be_repeated_for_the_version_before_it() -> None:
    driver = TicketDriver()
    request = note("note-1", 1)
    driver.ticket.act(Action.ADD_NOTE, request, driver.now)
    driver.ticket.check_version(request)
