"""A refusal of what an action states names the field that is wrong."""

from typing import Any

import pytest

from policies.vocabulary import Action
from tests.harness import AGENT, OPERATOR
from tests.workflows.ticket.actions.test_assignment import cention
from tests.workflows.ticket.clocks.path_policy import path_ticket
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.action_request import Actor
from workflows.shared.refusals import InvalidContent


@pytest.mark.parametrize(
    ("driver", "action", "actor", "inputs", "field"),
    [
        (
            TicketDriver(),
            Action.ASSIGN,
            OPERATOR,
            {"assignee": {"id": "'ada'", "name": "Ada", "email": "ada@desk.example"}},
            "assignee.id",
        ),
        (path_ticket(), Action.RECORD_MILESTONE, AGENT, {"milestone": "painted"}, "milestone"),
        (cention(), Action.RAISE_LEVEL, AGENT, {"reason": "It burns.", "to": "nobody"}, "to"),
    ],
    ids=["assignee", "milestone", "level"],
)
def test_the_refusal_of_a_wrong_value_names_its_field(
    driver: TicketDriver, action: Action, actor: Actor, inputs: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidContent) as refused:
        driver.act(action, actor, **inputs)
    assert refused.value.field == field
