"""Ids of actions are scoped by caller, and shown without their scope."""

import pytest

from api.http.action_ids import action_id, shown
from api.identity.caller import Caller
from policies.vocabulary import Role
from workflows.shared.action_request import Actor

ADA = Caller(Actor(id="ada", role=Role.AGENT))


@pytest.mark.fault(62)
@pytest.mark.parametrize(
    "other",
    [
        Caller(Actor(id="bob", role=Role.AGENT)),
        Caller(Actor(id="ada", role=Role.OPERATOR)),
        Caller(Actor(id="ada", role=Role.AGENT), accounts=frozenset({"harbour-media"})),
    ],
)
def test_the_same_key_of_another_caller_is_another_id(other: Caller) -> None:
    assert action_id(ADA, "1") == action_id(ADA, "1")
    assert action_id(ADA, "1") != action_id(other, "1")


def test_the_name_of_a_caller_does_not_matter() -> None:
    named = Caller(Actor(id="ada", role=Role.AGENT, name="Ada Agent"))
    assert action_id(named, "1") == action_id(ADA, "1")


@pytest.mark.parametrize(
    "key", ["reply-1", "a~0123456789ab", "mia@0123456789ab.example", "x" * 100]
)
def test_a_key_is_shown_as_it_was_sent(key: str) -> None:
    assert shown(action_id(ADA, key)) == key
    assert shown(f"the id {action_id(ADA, key)} was used") == f"the id {key} was used"


def test_long_keys_that_differ_at_the_end_are_different_ids_of_bounded_length() -> None:
    ids = {action_id(ADA, "x" * 127 + end) for end in "ab"}
    assert len(ids) == 2
    assert max(map(len, ids)) <= 128


def test_without_a_key_every_id_is_new() -> None:
    assert len({action_id(ADA, None) for _ in range(100)}) == 100
