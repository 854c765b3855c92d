"""Requests for actions: what makes two of them the same."""

from policies.vocabulary import Role
from workflows.shared.action_request import ActionRequest, Actor, ActorView
from workflows.ticket.actions.information import AddNote


def request(credential: str | None) -> ActionRequest[AddNote]:
    actor = Actor(id="ada", role=Role.AGENT, name="Ada", credential=credential)
    return ActionRequest[AddNote](id="note-1", actor=actor, content=AddNote(note="Their proxy?"))


def test_another_credential_of_the_same_actor_repeats_an_action() -> None:
    assert request("token:ada").fingerprint == request("key:7f").fingerprint
    assert request(None).fingerprint == request("key:7f").fingerprint


def test_an_actor_of_an_older_history_has_no_credential() -> None:
    assert Actor.model_validate({"id": "ada", "role": "agent"}).credential is None


def test_the_view_of_an_actor_is_named_like_the_actor() -> None:
    nameless = Actor(id="ada", role=Role.AGENT)
    assert ActorView.of(nameless).display_name == nameless.display_name == "ada"
