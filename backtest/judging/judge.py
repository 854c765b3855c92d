"""The judge: a policy applied to the tickets of a log."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from pydantic import JsonValue

from backtest.judging.credits import Credits
from backtest.judging.log_terms import LogTerms
from backtest.judging.measuring import results_of
from backtest.judging.played_ticket import PlayedTicket
from backtest.log.ticket import LoggedTicket
from backtest.log.unreadable import Reason, Unreadable
from backtest.results.clock_result import ClockResult
from policies.business_time.errors import BusinessTimeError
from policies.schema.policy import SupportPolicy
from policies.terms.admission import RequestRefused
from policies.terms.model.ticket_terms import Terms
from workflows.shared.action_request import SYSTEM
from workflows.ticket.model.opening import Opening


class Judged(NamedTuple):
    """A ticket that was played to the end of the log, and the result of each of its clocks. `moved`
    counts its rows from before the opening, `repeated` those that came twice.
    """

    ticket: PlayedTicket
    results: tuple[ClockResult, ...]
    moved: int = 0
    repeated: int = 0


class Judge:
    """Plays tickets through one policy, with overrides as of a contract."""

    def __init__(
        self, policy: SupportPolicy, overrides: Mapping[str, JsonValue] | None = None
    ) -> None:
        """OverridesRefused if the overrides do not fit the policy."""
        self.terms = LogTerms(policy, overrides)
        self._credits = Credits(self.terms.policy)

    @property
    def policy(self) -> SupportPolicy:
        """The policy, with its overrides."""
        return self.terms.policy

    def judge(self, logged: LoggedTicket, until: datetime) -> Judged | Unreadable:
        """The ticket under the policy. `until` is the end of the log."""
        try:
            terms = self.terms.terms_of(logged.request, logged.opened_at)
            if terms.verdict.refuses:
                return _left_out(logged, Reason.NOT_COVERED, terms.verdict.says)
            ticket = opened(logged, terms)
            for row in logged.rows:
                ticket.play(row)
            ticket.end(until)
            results = tuple(results_of(ticket, logged, self._credits, until))
            return Judged(ticket, results, logged.moved, logged.repeated)
        except RequestRefused as refusal:
            return _left_out(logged, Reason.REFUSED, str(refusal))
        except (BusinessTimeError, OverflowError) as error:
            return _left_out(logged, Reason.OUT_OF_RANGE, str(error))


def opened(logged: LoggedTicket, terms: Terms) -> PlayedTicket:
    """The ticket as it was opened, before its rows."""
    opening = Opening.model_construct(
        number=logged.id,
        received_at=logged.opened_at,
        opened_by=SYSTEM,
        subject=logged.id,
        description="",
        terms=terms,
    )
    return PlayedTicket.opened(opening, logged.request.facts)


def _left_out(logged: LoggedTicket, reason: Reason, text: str) -> Unreadable:
    return Unreadable(reason, logged.place, text, logged.id)
