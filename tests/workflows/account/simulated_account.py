"""An account with several random tickets on the core alone, compared with the reference model.

The tickets are those of the chaos test. Their reports, and random outages, reach the account in the
order of their times. All of it lies in one quarter, so no figures are corrected too late.
"""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from api.accounts.models import AccountDocument
from policies.accounts.account_settlement import account_terms
from tests.chaos.checker.accounts import compare_account
from tests.chaos.checker.comparison import Comparison
from tests.chaos.checker.differences import Difference
from tests.chaos.checker.features import features_of_account
from tests.chaos.model.account.account import Account
from tests.chaos.model.account.availability import Outage
from tests.chaos.model.document import Plain, read, with_overrides
from tests.workflows.account.account_driver import AccountDriver
from tests.workflows.ticket.simulated_ticket import (
    CATALOG,
    CONTRACTS,
    POLICIES,
    CoreWorkload,
    contract_of,
)
from workflows.account import views
from workflows.account.model.action_inputs import AccountAction
from workflows.shared.refusals import Refusal

BEGINS = datetime(2027, 1, 4, tzinfo=UTC)
ENOUGH = BEGINS + timedelta(days=40)
QUARTER_ENDS = datetime(2027, 3, 31, tzinfo=UTC)
LATER = QUARTER_ENDS + timedelta(days=10)


class Report(NamedTuple):
    """Something that reaches the account."""

    at: datetime
    action: AccountAction
    content: dict[str, Any]
    outage: Outage | None = None


class SimulatedAccount:
    """The account of a contract with its random tickets."""

    def __init__(self, seed: str, path: Path, tickets: int = 5) -> None:
        self._rng = random.Random(f"account/{seed}/{path.stem}")
        self._path, self._seed, self._number = path, seed, tickets
        self._contract = read(path)
        self._policy = read(POLICIES[self._contract["policy"]])
        self.reports: list[Report] = []
        self.comparisons: list[Comparison] = []
        self.settled: dict[str, str] = {}
        """The credits that were claimed, and those whose claim was refused."""
        self.used: Counter[str] = Counter()

    def run_and_compare(self) -> list[Difference]:
        """The differences between account and model, during the quarter and after it."""
        differences = [found for n in range(self._number) for found in self._run_ticket(n)]
        if any(report.at >= QUARTER_ENDS for report in self.reports):
            return differences
        last = max((report.at for report in self.reports), default=ENOUGH)
        self.reports += self._outages(last)
        driver, outages = self._driver(), []
        for report in sorted(self.reports, key=lambda report: report.at):
            with suppress(Refusal):
                driver.act(report.action, report.at, **report.content)
                outages += [report.outage] if report.outage else []
            self._claim_something(driver, report.at)
        tickets = [comparison.ticket for comparison in self.comparisons]
        zone = ZoneInfo(self._contract.get("zone", "UTC"))
        account = Account(self._policy, self._contract, tickets, zone, outages)
        for at in (last + timedelta(seconds=1), LATER):
            document = self._document(driver, at)
            differences += compare_account(account, document, at, self.settled)
        self.used = self._count(account)
        return differences

    def _claim_something(self, driver: AccountDriver, at: datetime) -> None:
        """Claims a credit that does not grow; some claims are refused, which frees their caps."""
        if self._rng.random() < 0.8:
            return
        credits = driver.view(at).credits
        earned = [c.id for c in credits if c.state == "earned" and not self._can_grow(c.id)]
        if not earned:
            return
        entry, is_refused = self._rng.choice(earned), self._rng.random() < 0.5
        try:
            claim = driver.claim(at, entry)
        except Refusal:
            # The cap has left nothing of it.
            return
        self.settled[entry] = "claimed"
        if is_refused:
            driver.act(AccountAction.REFUSE_CLAIM, at, claim=claim, reason="It was their fault.")
            self.settled[entry] = "refused"

    def _can_grow(self, entry: str) -> bool:
        """Whether the credit is for lateness: what it earns after its claim is another credit."""
        rules = with_overrides(self._policy, self._contract.get("overrides", {}))
        growing = [
            r.get("clock") for r in rules["remedies"]["credits"] if r.get("each") != "breach"
        ]
        return entry.startswith("ticket:") and entry.split(":")[2] in growing

    def _count(self, account: Account) -> Counter[str]:
        months = [account.credit_of_month(date(2027, month, 1)) for month in (1, 2, 3)]
        levels = Counter(f"service levels {level.state}" for level in account.levels(LATER))
        figures = {
            "credits for months": sum(credit is not None for credit in months),
            "outages": len(account.outages),
            "claims": len(self.settled),
            "claims refused": list(self.settled.values()).count("refused"),
        }
        return features_of_account(account, LATER) + levels + Counter(figures)

    def _run_ticket(self, number: int) -> list[Difference]:
        workload = CoreWorkload(f"{self._seed}-{number}", self._path)
        workload.starts_at(BEGINS + timedelta(days=self._rng.uniform(0, 30)))
        workload.open()
        if workload.ticket is None:
            return []
        self._collect(workload)
        for _ in range(self._rng.randint(3, 14)):
            if workload.now > ENOUGH:
                break
            workload.take_steps(1)
            self._collect(workload)
        observed = workload.observed()
        self._collect(workload)
        self.comparisons.append(Comparison(workload.workload, observed))
        return self.comparisons[-1].run()

    def _collect(self, workload: CoreWorkload) -> None:
        """The reports that the ticket has left since."""
        assert workload.ticket is not None
        state, at = workload.ticket.state, workload.now
        for late in state.late:
            content = {"id": late.id, "lateness": late}
            self.reports.append(Report(at, AccountAction.REPORT_LATENESS, content))
        for outcome in state.outcomes:
            content = {"id": outcome.id, "outcome": outcome}
            self.reports.append(Report(at, AccountAction.REPORT_OUTCOME, content))
        state.late.clear()
        state.outcomes.clear()

    def _outages(self, until: datetime) -> Iterator[Report]:
        rules = with_overrides(self._policy, self._contract.get("overrides", {}))
        promised = rules.get("remedies", {}).get("availability")
        categories = ["service_failure", *(promised or {}).get("uncounted", {})]
        for _ in range(self._rng.randint(0, 5) if promised else 0):
            seconds = (until - BEGINS).total_seconds()
            begins = BEGINS + timedelta(seconds=self._rng.randrange(int(seconds)))
            ends = begins + timedelta(minutes=self._rng.choice([1, 10, 60, 600, 3000]))
            told = begins - timedelta(minutes=self._rng.randint(-60, 6000))
            announced = told if self._rng.random() < 0.7 else None
            outage = Outage(begins, ends, self._rng.choice(categories), announced)
            content: Plain = {
                "starts_at": begins,
                "ends_at": ends,
                "category": outage.category,
                "announced_at": announced,
                "description": "Nothing answers.",
            }
            at = ends + timedelta(days=self._rng.uniform(0, 20))
            yield Report(min(at, until), AccountAction.RECORD_OUTAGE, content, outage)

    def _driver(self) -> AccountDriver:
        contract = contract_of(self._path)
        policy = CATALOG.latest(contract.policy)
        return AccountDriver(account_terms(policy, contract, BEGINS.year), BEGINS)

    def _document(self, driver: AccountDriver, at: datetime) -> Plain:
        view = views.view(driver.state(at), at)
        document = AccountDocument.from_view(view)
        found: Plain = document.model_dump(mode="json", exclude_none=True)
        return found


def accounts_with_commitments() -> list[Path]:
    """The contracts under which an account earns credits, or has service levels."""
    found = []
    for path in CONTRACTS:
        contract = read(path)
        rules = with_overrides(read(POLICIES[contract["policy"]]), contract.get("overrides", {}))
        if rules.get("remedies", {}).get("credits") or rules.get("service_levels"):
            found.append(path)
    return found
