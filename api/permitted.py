"""What the caller can do on a ticket that was read."""

from policies.vocabulary import Action, Role
from workflows.ticket.lifecycle import TRANSITIONS
from workflows.ticket.messages import TicketView


def permitted(view: TicketView, role: Role) -> tuple[Action, ...]:
    """The actions of the ticket's stage that are for this role.

    The ticket tells what an agent can do, down to conditions; of an action that agents share
    with others it is known from there whether it is possible at all. Whether a requester may
    escalate is for the policy to say, so it is left to the ticket's answer.
    """
    if role is Role.AGENT:
        return view.allowed_actions
    return tuple(
        action
        for action, transition in TRANSITIONS.items()
        if role in transition.by
        and view.stage in transition.within
        and action is not Action.ESCALATE
        and (action in view.allowed_actions or Role.AGENT not in transition.by)
    )
