"""While the contract cannot be read, a ticket can be answered, resolved and ended."""

import pytest

from policies.schema.request import TicketFacts
from policies.terms.settlement import unsettled_terms
from policies.vocabulary import Action, ClosedAs, Role, Stage
from tests.harness import HARBOUR, MIA, REQUESTER, new_york, opening
from tests.workflows.ticket.ticket_driver import ASK, WEDNESDAY, TicketDriver
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.actions.table import ACTIONS

POSSIBLE = {
    Action.ACKNOWLEDGE,
    Action.RESPOND,
    Action.POST_UPDATE,
    Action.REQUEST_INFORMATION,
    Action.PROVIDE_INFORMATION,
    Action.ADD_NOTE,
    Action.ASSIGN,
    Action.RESOLVE,
    Action.REOPEN,
    Action.CLOSE,
    Action.WITHDRAW,
    Action.MERGE,
    Action.SETTLE_TERMS,
}


def unsettled() -> TicketDriver:
    received = new_york(WEDNESDAY)
    facts = TicketFacts(requester=MIA, channel="email")
    terms = unsettled_terms(HARBOUR.account, facts, received)
    return TicketDriver(opened=opening(received).model_copy(update={"terms": terms}))


def test_the_actions_that_need_no_terms() -> None:
    assert {action for action, rule in ACTIONS.items() if rule.without_terms} == POSSIBLE


@pytest.mark.parametrize("role", Role)
def test_only_actions_that_need_no_terms_are_allowed(role: Role) -> None:
    new = unsettled()
    answered = unsettled().act(Action.RESPOND, **ASK, outcomes=["information_request"])
    for driver in (new, answered):
        assert set(allowed_actions(driver.state, role)) <= POSSIBLE


def test_the_requester_can_withdraw_a_ticket_whose_contract_cannot_be_read() -> None:
    driver = unsettled().act(Action.WITHDRAW, REQUESTER, reason="It was our proxy.")
    assert (driver.state.stage, driver.state.closed_as) == (Stage.CLOSED, ClosedAs.WITHDRAWN)
