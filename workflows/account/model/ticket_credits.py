"""The credits of an account for one ticket, with what they were computed from."""

from policies.accounts.account_terms import LatenessTerms
from policies.accounts.worth import Worth
from policies.schema.money import Money
from workflows.account.model.views import CreditState
from workflows.shared.payload import Payload


class CreditEntry(Payload):
    """A credit on the account's record, and its worth under the cap. A claim takes it as it is."""

    id: str
    credits: int
    state: CreditState
    granted: Worth
    before_cap: Worth | None = None
    is_claimed: bool = False


class TicketCredits(Payload):
    """The credits for one late cycle of a clock: the rule, what the lateness has earned under it,
    its worth before any cap, and the entries for it. Of a rule that counts the breaches of a
    period, `earned` is None: other tickets count, too.
    """

    clock: str
    cycle: int
    rule: LatenessTerms
    fees: dict[str, Money]
    earned: int | None
    worth: Worth | None
    entries: tuple[CreditEntry, ...] = ()
