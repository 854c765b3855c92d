"""What the account was told of a clock."""

from policies.accounts.outcomes import OutcomeState
from workflows.shared.payload import Payload


class ToldOutcome(Payload):
    """The outcome of a clock's cycle as it was last reported to the account."""

    number: int
    state: OutcomeState
    priority: str | None = None
    is_completed: bool = False
