"""The action table: every action of a ticket, one row each.

Validators, `allowed_actions`, the routes of the API, scenario steps, and the tables and diagram in
docs/lifecycle.md are all made from it.
"""

from policies.vocabulary import Action
from workflows.ticket.actions import (
    agreement,
    assignment,
    closing,
    coverage,
    engineering,
    information,
    progress,
    response,
    triage,
)
from workflows.ticket.actions.rule import ActionRule

_ROWS = (
    response.ROWS
    | information.ROWS
    | progress.ROWS
    | assignment.ROWS
    | agreement.ROWS
    | triage.ROWS
    | engineering.ROWS
    | coverage.ROWS
    | closing.ROWS
)
ACTIONS: dict[Action, ActionRule] = {action: _ROWS[action] for action in Action}
"""In the order of the vocabulary, which is the order in which `allowed_actions` lists them."""
