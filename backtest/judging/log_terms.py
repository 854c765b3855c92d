"""The terms of the tickets of a log: settled like those of a live ticket, once for all equal ones.

The tickets of a log have one made-up account, and nobody is notified.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import JsonValue

from backtest.log.ticket import Request
from policies.business_time.calendar import BusinessCalendar
from policies.coverage.expressions import RECEIVED_ON, facts_named
from policies.coverage.verdict import Decision, Verdict
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.schema.tables import Dimension
from policies.terms.model.ticket_terms import Terms
from policies.terms.overrides import apply_overrides
from policies.terms.pinned_calendar import pin_calendar
from policies.terms.settlement import settle
from policies.terms.variants import first_year

ACCOUNT = "backtest"
SOME_CHANNEL = "log"
"""The channel of tickets whose log does not name one."""
REQUESTER = Requester(name="Requester", email="requester@log.invalid")
COVERED = Verdict(decision=Decision.COVERED)
NUMBERS: Mapping[str, Callable[[str], float]] = {"int": int, "double": float}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
"""Every offset from UTC is a multiple of it, so that no local date changes within one."""
Key = tuple[object, ...]


class LogTerms:
    """Settles the terms of tickets under one policy, with overrides as of a contract."""

    def __init__(
        self, policy: SupportPolicy, overrides: Mapping[str, JsonValue] | None = None
    ) -> None:
        """OverridesRefused if the overrides do not fit the policy."""
        self.policy = apply_overrides(policy, overrides or {}).policy
        self._settled: dict[Key, Terms] = {}
        self._calendars: dict[tuple[str, int], BusinessCalendar] = {}
        self._depends_on_day = any(
            RECEIVED_ON in facts_named(rule.when) for rule in self.policy.coverage
        )

    def terms_of(self, request: Request, received_at: datetime) -> Terms:
        """The terms of a request received at this time, with the verdict on its coverage.
        RequestRefused if the policy does not accept it.

        A verdict for which the log lacks facts is `covered`: a log asks nobody.
        """
        key = self._key(request, received_at)
        if key not in self._settled:
            self._settled[key] = self._settle(request, received_at)
        return self._settled[key]

    def _key(self, request: Request, received_at: datetime) -> Key:
        """Everything on which terms depend. Of the time of receipt that is the year from which
        calendars are pinned, which of them are open, and its date where conditions compare it.
        """
        year = first_year(received_at)
        is_open = (self._calendar(name, year).is_open(received_at) for name in self._names)
        day = (received_at - EPOCH) // QUARTER if self._depends_on_day else None
        facts = tuple(sorted((name, repr(value)) for name, value in request.facts.items()))
        return (*request[:-1], facts, year, day, *is_open)

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(self.policy.calendars)

    def _calendar(self, name: str, year: int) -> BusinessCalendar:
        calendar = self._calendars.get((name, year))
        if calendar is None:
            rule = self.policy.calendars[name]
            calendar = pin_calendar(name, rule, year, self.policy.locale).calendar
            self._calendars[name, year] = calendar
        return calendar

    def _settle(self, request: Request, received_at: datetime) -> Terms:
        policy, facts = self.policy, self._typed(request.facts)
        of_contract = {n: v for n, v in facts.items() if policy.facts[n].given_by == "contract"}
        contract = Contract(
            account=ACCOUNT,
            name=ACCOUNT,
            policy=policy.policy,
            plan=request.plan,
            region=request.region,
            facts=of_contract,
        )
        ticket = TicketFacts(
            requester=REQUESTER,
            channel=request.channel or policy.defaults.get(Dimension.CHANNEL) or SOME_CHANNEL,
            kind=request.kind,
            priority=request.priority,
            facts={name: value for name, value in facts.items() if name not in of_contract},
        )
        by_any_channel = request.channel is None
        terms = settle(policy, contract, ticket, received_at, by_any_channel=by_any_channel)
        return silent(terms)

    def _typed(self, facts: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        return {name: typed(value, self.policy.facts[name].type) for name, value in facts.items()}


def silent(terms: Terms) -> Terms:
    """The same terms for a ticket that nobody is told of. A verdict for which facts are missing is
    `covered`: the log asked for what it asked for.
    """
    nobody: dict[str, Any] = {"notices": (), "contacts": {}, "unassigned": None}
    verdict = terms.verdict if terms.verdict.refuses else COVERED
    return terms.model_copy(update={**nobody, "unassigned_by": None, "verdict": verdict})


def typed(value: JsonValue, kind: str) -> JsonValue:
    """The text of a log as a value of a fact's type; the text itself if it is none."""
    if not isinstance(value, str):
        return value
    if kind == "bool":
        return {"true": True, "false": False}.get(value.lower(), value)
    try:
        return NUMBERS[kind](value) if kind in NUMBERS else value
    except ValueError:
        return value
