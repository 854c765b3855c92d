"""The account of the reference model: what its tickets and its outages have earned.

Written from docs/accounts.md and docs/policies.md (`remedies`, `service_levels`). It computes from
all tickets at once; the product learns of them one report after the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from tests.chaos.model import business_time
from tests.chaos.model.account.availability import Availability, Outage
from tests.chaos.model.account.levels import LevelPeriod, level_periods
from tests.chaos.model.account.periods import Period, beginning, period_of
from tests.chaos.model.account.worth import Worth, worth_of
from tests.chaos.model.clocks.clock import Cycle
from tests.chaos.model.document import Plain, with_overrides
from tests.chaos.model.ticket import Ticket


@dataclass(frozen=True)
class Credit:
    """A credit as it is recorded or accrued: how many, their worth before the cap, and the cap.

    `changes` counts how often it was recorded with another worth.
    """

    credits: int
    own: Worth
    rule: Plain
    breached_on: date
    until: date | None
    until_at: datetime | None = None
    changes: int = 1
    ticket: Ticket | None = None
    is_accruing: bool = False


class Account:
    """All tickets of an account, and its outages. `zone` is that of its days."""

    def __init__(
        self,
        policy: Plain,
        contract: Plain,
        tickets: Sequence[Ticket],
        zone: ZoneInfo,
        outages: Sequence[Outage] = (),
    ) -> None:
        self.rules = with_overrides(policy, contract.get("overrides", {}))
        self.contract, self.tickets, self.outages = contract, tickets, outages
        self.zone = zone
        defaults = self.rules.get("defaults", {})
        self.plan = contract.get("plan") or defaults.get("plan")
        self.region = contract.get("region") or defaults.get("region")

    @cached_property
    def starts_on(self) -> date | None:
        """The start of the contract."""
        day = self.contract.get("starts_on")
        return date.fromisoformat(str(day)) if day else None

    @property
    def contacts(self) -> dict[str, str]:
        """Addresses by audience; contacts of the contract take precedence."""
        people = {**self.rules.get("contacts", {}), **self.contract.get("contacts", {})}
        return {name: who["email"] for name, who in people.items()}

    @property
    def rules_of_credits(self) -> list[Plain]:
        """All rules of credits."""
        rules: list[Plain] = self.rules.get("remedies", {}).get("credits", [])
        return rules

    def period(self, day: date, each: str) -> Period:
        """The period of one of its dates."""
        return period_of(day, each, self.starts_on)

    def day_of(self, at: datetime) -> date:
        """Its date at a time."""
        return at.astimezone(self.zone).date()

    def credits(self, at: datetime, *, accrues: bool = True) -> dict[str, Credit]:
        """The credits of tickets by their ids; those of overdue clocks as they have accrued."""
        found = dict(self._of_cycles(at, accrues))
        found |= dict(self._of_breaches())
        found |= dict(self._of_levels(at))
        return found

    def levels(self, at: datetime) -> list[LevelPeriod]:
        """Every service level in the periods that have tickets."""
        return level_periods(self.rules, self.plan, self.tickets, self, at)

    def credit_of_month(self, first: date) -> Credit | None:
        """The credit of a month, or other period of availability, that is over."""
        promised = Availability(self.rules, self.plan)
        month = self.period(first, promised.each)
        rules = [r for r in self.rules_of_credits if not {"clock", "service_level"} & r.keys()]
        if promised.percent is None or not rules:
            return None
        share, rule = self.availability_of_month(first) * 100, rules[0]
        target = Fraction(str(promised.percent))
        if "each" in rule:
            down, _ = promised.figures(month.first, month.last, self._begins_at, self.outages)
            number = _by_downtime(rule, down) if share < target else 0
            worth = self._worth(rule.get("worth")).times(number).rounded()
        else:
            number, worth = _by_share(rule, share, target, self._worth)
        until = self._last_day_after(month.last)
        return Credit(number, worth, rule, month.last, until) if number else None

    def availability_of_month(self, first: date) -> Fraction:
        """The exact availability of a month."""
        promised = Availability(self.rules, self.plan)
        month = self.period(first, promised.each)
        return promised.month(month.first, month.last, self._begins_at, self.outages)

    def limit(self, credit: Credit) -> tuple[str, Worth] | None:
        """The cap of a credit with its period: a name, and the most that all are worth together."""
        cap = credit.rule.get("cap")
        if cap is None:
            return None
        period = self.period(credit.breached_on, cap["each"])
        name = f"{self.rules_of_credits.index(credit.rule)}/{period.name}"
        return name, self._worth(cap).rounded_down()

    @property
    def _begins_at(self) -> datetime | None:
        return beginning(self.starts_on, self.zone) if self.starts_on else None

    def _worth(self, rule: Any) -> Worth:
        return worth_of(rule, self.contract.get("fees", {}))

    def _rule_of(self, cycle: Cycle) -> Plain | None:
        """The first rule for a clock, at the priority of the promise."""
        for rule in self.rules_of_credits:
            fits = not rule.get("priorities") or cycle.priority in rule["priorities"]
            if rule.get("clock") == cycle.name and fits:
                return rule
        return None

    def _of_cycles(self, at: datetime, accrues: bool) -> Iterator[tuple[str, Credit]]:
        for ticket in self.tickets:
            for cycle in ticket.cycles:
                rule = self._rule_of(cycle) if cycle.breached_at is not None else None
                if rule is None or "period" in rule:
                    continue
                credit = self._of_cycle(ticket, cycle, rule, at, accrues)
                if credit is not None:
                    yield f"ticket:{ticket.number}:{cycle.name}:{cycle.number}", credit

    def _of_cycle(
        self, ticket: Ticket, cycle: Cycle, rule: Plain, at: datetime, accrues: bool
    ) -> Credit | None:
        breached_at, one = cycle.breached_at, self._worth(rule.get("worth"))
        assert breached_at is not None
        if rule["each"] == "breach":
            day = self.day_of(breached_at)
            until, until_at = self._claims(cycle, day, breached_at)
            return Credit(1, one.rounded(), rule, day, until, until_at, ticket=ticket)
        notes = [n for n in ticket.late_notes if n.cycle is cycle and n.is_completed]
        numbers = [_periods(note.late, rule) for note in notes]
        changes = sum(a != b for a, b in zip([0, *numbers], numbers, strict=False))
        is_accruing = cycle.completed_at is None
        number = numbers[-1] if numbers else 0
        if is_accruing and accrues:
            number = _periods(cycle.late(at), rule)
        if not number and not changes:
            return None
        day = self.day_of(cycle.completed_at or at)
        until, until_at = self._claims(cycle, day, breached_at)
        worth = one.times(number).rounded()
        state = (changes, ticket, is_accruing)
        return Credit(number, worth, rule, day, None if is_accruing else until, until_at, *state)

    def _of_breaches(self) -> Iterator[tuple[str, Credit]]:
        counted: dict[tuple[int, str], list[Period]] = {}
        for ticket in self.tickets:
            for cycle in ticket.cycles:
                rule = self._rule_of(cycle) if cycle.breached_at is not None else None
                if rule is not None and "period" in rule and cycle.breached_at is not None:
                    period = self.period(self.day_of(cycle.breached_at), rule["period"])
                    key = (self.rules_of_credits.index(rule), period.name)
                    counted.setdefault(key, []).append(period)
        for (index, name), periods in counted.items():
            rule = self.rules_of_credits[index]
            reached = [band for band in rule["bands"] if band["breaches"] <= len(periods)]
            if reached:
                worth = self._worth(max(reached, key=lambda b: b["breaches"])["worth"])
                names = "+".join([rule["clock"], *rule.get("priorities", ())])
                day = periods[0].last
                until = self._last_day_after(day)
                credit = Credit(1, worth.rounded(), rule, day, until, changes=len(reached))
                yield f"breaches:{names}:{name}", credit

    def _of_levels(self, at: datetime) -> Iterator[tuple[str, Credit]]:
        for level in self.levels(at):
            rules = [r for r in self.rules_of_credits if r.get("service_level") == level.name]
            if level.state == "missed" and rules:
                share = level.share * 100
                number, worth = _by_share(rules[0], share, level.target, self._worth)
                if number:
                    until = self._last_day_after(level.period.last)
                    credit = Credit(number, worth, rules[0], level.period.last, until)
                    yield f"service_level:{level.name}:{level.period.name}", credit

    def _claims(
        self, cycle: Cycle, day: date, breached_at: datetime
    ) -> tuple[date | None, datetime | None]:
        """The last day of a claim, and the exact end if business time limits it."""
        within = self.rules.get("remedies", {}).get("claim_within")
        if within is None or business_time.is_elapsed(within) or cycle.calendar is None:
            return self._last_day_after(day), None
        until_at = business_time.due(within, breached_at, cycle.calendar)
        return self.day_of(until_at), until_at

    def _last_day_after(self, day: date) -> date | None:
        within = self.rules.get("remedies", {}).get("claim_within")
        if within is None:
            return None
        if not business_time.is_elapsed(within):
            return day + timedelta(days=30)
        return day + business_time.plain_length(within)


def _periods(late: timedelta, rule: Plain) -> int:
    """Started, or whole, periods of lateness."""
    whole, rest = divmod(late, business_time.plain_length(rule["each"]))
    return whole + (1 if rest and rule.get("counts", "started") == "started" else 0)


def _by_downtime(rule: Plain, down: timedelta) -> int:
    """The credits for each period of downtime."""
    periods, rest = divmod(down, business_time.plain_length(rule["each"]))
    return periods + (1 if rest and rule.get("counts", "started") == "started" else 0)


def _by_share(rule: Plain, share: Fraction, target: Fraction, worth: Any) -> tuple[int, Worth]:
    """The credits for a share in percent that is below its target, and their worth."""
    if "bands" in rule:
        above = [b for b in rule["bands"] if share < Fraction(str(b["below"]))]
        if not above:
            return 0, worth(None)
        lowest = min(above, key=lambda band: Fraction(str(band["below"])))
        return 1, worth(lowest["worth"]).rounded()
    if "service_level" in rule:
        return int(share < target), worth(rule.get("worth")).rounded()
    points, rest = divmod(max(target - share, Fraction(0)), 1)
    points += 1 if rest and rule.get("counts", "started") == "started" else 0
    return points, worth(rule.get("worth")).times(points).rounded()
