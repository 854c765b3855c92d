"""Credits: what the late clocks of a played ticket earn, as the account of a live ticket counts it.

An account also has caps, and credits for a number of breaches in a period. A log does not say which
tickets are of one account, so neither is counted here.
"""

from datetime import datetime

from backtest.judging.log_terms import ACCOUNT
from backtest.judging.played_ticket import PlayedTicket
from policies.accounts.account_settlement import account_terms
from policies.accounts.account_terms import AccountTerms
from policies.accounts.credits import Earned, late_credits
from policies.accounts.lateness import Lateness
from policies.accounts.worth import Worth
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy

NOTHING = Earned(0, Worth())


class Credits:
    """The credits under one policy, for accounts of every plan."""

    def __init__(self, policy: SupportPolicy) -> None:
        self._policy = policy
        self._by_plan: dict[str | None, AccountTerms] = {}

    def earned(self, ticket: PlayedTicket, until: datetime) -> dict[tuple[str, int], Earned]:
        """The credits of each late cycle, by clock and number, with what is accrued by `until`."""
        last: dict[tuple[str, int], Lateness] = {}
        first: dict[tuple[str, int], Lateness] = {}
        for report in ticket.state.late:
            last[report.clock, report.cycle] = report
            first.setdefault((report.clock, report.cycle), report)
        plan = ticket.state.terms.plan
        return {
            cycle: self._of_cycle(plan, first[cycle].priority, report, until)
            for cycle, report in last.items()
        }

    def _of_cycle(
        self, plan: str | None, priority: str | None, late: Lateness, until: datetime
    ) -> Earned:
        """The credits of a cycle, by the priority at its breach."""
        earns = self._terms(plan).lateness_terms(late.clock, priority)
        if earns is None or earns.period is not None:
            return NOTHING
        credits = late_credits(late.until(until), earns)
        return Earned(credits, earns.one.times(credits))

    def _terms(self, plan: str | None) -> AccountTerms:
        if plan not in self._by_plan:
            name = self._policy.policy
            contract = Contract(account=ACCOUNT, name=ACCOUNT, policy=name, plan=plan)
            terms = account_terms(self._policy, contract, self._policy.revision.year)
            self._by_plan[plan] = terms
        return self._by_plan[plan]
