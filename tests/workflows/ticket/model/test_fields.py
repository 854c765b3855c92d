"""The longest inputs that actions accept, so that a ticket fits its record."""

from hashlib import sha256
from typing import Any

import pytest
from pydantic import ValidationError

from policies.vocabulary import Action
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.fields import is_findable, requester_id

TEXT = "x" * 20_000
FINDING = {"step": "cause", "result": "A cache."}


@pytest.mark.parametrize(
    ("action", "longest", "too_long"),
    [
        (
            Action.REQUEST_INFORMATION,
            {"message": "Hello.", "questions": ["Why?"] * 20},
            {"message": "Hello.", "questions": ["Why?"] * 21},
        ),
        (
            Action.REQUEST_INFORMATION,
            {"message": "Hello.", "questions": ["x" * 1_000]},
            {"message": "Hello.", "questions": ["x" * 1_001]},
        ),
        (
            Action.REQUEST_INFORMATION,
            {"message": "Hello.", "questions": ["?"]},
            {"message": "Hello.", "questions": [" "]},
        ),
        (
            Action.PROVIDE_INFORMATION,
            {"message": "Hello.", "facts": {f"fact_{n}": 1 for n in range(50)}},
            {"message": "Hello.", "facts": {f"fact_{n}": 1 for n in range(51)}},
        ),
        (
            Action.CONCLUDE_TRIAGE,
            {"resolved": True, "conclusion": "So.", "findings": [FINDING] * 50},
            {"resolved": True, "conclusion": "So.", "findings": [FINDING] * 51},
        ),
        (Action.HAND_OVER, {"note": TEXT}, {"note": f"{TEXT}x"}),
        (Action.POST_UPDATE, {"message": TEXT}, {"message": f"{TEXT}x"}),
        (Action.POST_UPDATE, {"message": "x"}, {"message": ""}),
        (Action.WITHDRAW, {"reason": TEXT}, {"reason": f"{TEXT}x"}),
    ],
)
def test_an_input_is_accepted_up_to_its_limit(
    action: Action, longest: dict[str, Any], too_long: dict[str, Any]
) -> None:
    ACTIONS[action].input.model_validate(longest)
    with pytest.raises(ValidationError):
        ACTIONS[action].input.model_validate(too_long)


@pytest.mark.parametrize(
    ("id", "is_found"),
    [
        ("ada", True),
        ("o'hara", True),
        ("'ada", False),
        ("ada'", False),
        ('a"da', False),
        ("a\\da", False),
        ("a?da", False),
        ("nobody", False),
        ("me", False),
    ],
)
def test_an_id_that_cannot_be_queried_is_not_taken(id: str, is_found: bool) -> None:
    assert is_findable(id) is is_found


def test_the_hash_of_a_requester_stays_the_same() -> None:
    text = b"harbour-media\0mia@harbour.example"
    assert requester_id("harbour-media", "Mia@Harbour.example") == sha256(text).hexdigest()[:32]


def test_a_note_has_no_space_around_it() -> None:
    read = ACTIONS[Action.HAND_OVER].input.model_validate({"note": "  See the findings. "})
    assert read.model_dump() == {"note": "See the findings."}
