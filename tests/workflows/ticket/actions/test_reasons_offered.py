"""A refusal to close offers only the reasons of the policy that close as was wanted."""

from typing import Any

import pytest

from policies.terms.model.reason import ReasonTerms
from policies.vocabulary import Action, ClosedAs
from tests.harness import new_york, opening
from tests.workflows.ticket.ticket_driver import WEDNESDAY, TicketDriver
from workflows.shared.refusals import InvalidContent

REASONS = {
    "plug_in": ("not_covered", "A plug-in of others."),
    "training": ("not_covered", "A course."),
    "no_licence": ("not_eligible", "No licence."),
}


def ticket() -> TicketDriver:
    opened = opening(new_york(WEDNESDAY))
    reasons = {
        name: ReasonTerms(closed_as=ClosedAs(closed_as), says=says, clause="limitation")
        for name, (closed_as, says) in REASONS.items()
    }
    terms = opened.terms.model_copy(update={"reasons": reasons})
    return TicketDriver(opened=opened.model_copy(update={"terms": terms}))


@pytest.mark.parametrize(
    ("closed_as", "offered", "left_out"),
    [
        ("not_covered", "plug_in, training", ["no_licence"]),
        ("not_eligible", "no_licence", ["plug_in", "training"]),
    ],
)
def test_only_reasons_that_close_as_was_wanted_are_offered(
    closed_as: str, offered: str, left_out: list[str]
) -> None:
    inputs: dict[str, Any] = {"closed_as": closed_as, "reason": "plugin"}
    with pytest.raises(InvalidContent) as refusal:
        ticket().act(Action.CLOSE, **inputs)
    assert offered in str(refusal.value)
    assert not [name for name in left_out if name in str(refusal.value)]


def test_a_reason_may_be_given_with_its_own_clause_and_no_other() -> None:
    inputs: dict[str, Any] = {"closed_as": "not_covered", "reason": "training"}
    with pytest.raises(InvalidContent):
        ticket().act(Action.CLOSE, clause="eligibility", **inputs)
    driver = ticket().act(Action.CLOSE, clause="limitation", **inputs)
    assert driver.state.closed_as is ClosedAs.NOT_COVERED
