"""The actions that a role can take, by name: what a key can be limited to, and `GET /me` lists."""

from policies.vocabulary import Role
from workflows.account.account import RULES
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.ticket_request import OPENERS

OPEN_TICKET = "open_ticket"
"""Opening a ticket, as an action that a caller can be limited to."""
EXPORT_PERSONAL_DATA = "export_personal_data"
"""Exporting what is held about a person, in the same way."""
EXPORTERS = (Role.OPERATOR,)
"""The roles that may do so."""

ERASE_PERSONAL_DATA = "erase_personal_data"
"""Erasing a person, as an action that a caller can be limited to."""
ERASERS = (Role.OPERATOR,)
"""The roles that may erase a person."""


def ticket_actions(role: Role) -> tuple[str, ...]:
    """The actions of a role on tickets."""
    return tuple(action for action, rule in ACTIONS.items() if role in rule.by)


def account_actions(role: Role) -> tuple[str, ...]:
    """The actions of a role on accounts."""
    return tuple(action for action, rule in RULES.items() if role in rule.by)


def actions_of(role: Role) -> tuple[str, ...]:
    """All of them, opening a ticket, and exporting and erasing personal data."""
    opening = (OPEN_TICKET,) if role in OPENERS else ()
    exporting = (EXPORT_PERSONAL_DATA,) if role in EXPORTERS else ()
    erasing = (ERASE_PERSONAL_DATA,) if role in ERASERS else ()
    return (*opening, *ticket_actions(role), *account_actions(role), *exporting, *erasing)
