"""The longest inputs that actions accept, so that a ticket fits its record."""

from typing import Any

import pytest
from pydantic import ValidationError

from policies.vocabulary import Action
from workflows.ticket.actions.table import ACTIONS

TEXT = "x" * 20_000


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
