"""Requests for a ticket: who can send one."""

from policies.vocabulary import Role
from workflows.ticket.model.ticket_request import OPENERS


def test_all_but_engineering_and_product_can_open_tickets() -> None:
    assert set(OPENERS) == {Role.REQUESTER, Role.SERVICE, Role.AGENT, Role.OPERATOR}
