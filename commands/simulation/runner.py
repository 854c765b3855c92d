"""Runs a script on the real workflows and compares the results with the expectations."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from commands.scenario.account_expectation import AccountExpectation
from commands.scenario.checks import OPENING_REFUSED
from commands.scenario.expectation import Expectation
from commands.scenario.scenario import Request
from commands.scenario.script import Script
from commands.scenario.steps import AccountActionStep, ActionStep, OtherTicketsStep, Step
from commands.simulation.account_runner import AccountRunner
from commands.simulation.comparison import Comparison, Comparisons, compare_refusal
from commands.simulation.simulated_desk import SimulatedDesk
from commands.simulation.ticket_runner import TicketRunner
from commands.timeline.account_timeline import AccountTimeline
from commands.timeline.ticket_timeline import Timeline
from policies.documents.problems import Path
from policies.schema.request import TicketFacts
from policies.terms.admission import RequestRefused
from policies.terms.settlement import settle
from policies.terms.settlement_request import SettlementRequest
from policies.vocabulary import Role
from workflows.shared.action_request import Actor
from workflows.ticket.model.opening import Opening

OPENING_PATH: Path = ("ticket", "expect")
BEGINNING_PATH: Path = ("account", "expect")


@dataclass(frozen=True)
class ScenarioResult:
    """The result of a script. A timeline is None if the scenario has no ticket or account, or the
    opening was refused.
    """

    script: Script
    comparisons: tuple[Comparison, ...]
    timeline: Timeline | None = None
    account: AccountTimeline | None = None
    refusal: str | None = None

    @property
    def failures(self) -> tuple[Comparison, ...]:
        """The expectations that were not met."""
        return tuple(each for each in self.comparisons if not each.holds)


async def run(
    desk: SimulatedDesk, script: Script, number: str, on_step: Callable[[datetime], None]
) -> ScenarioResult:
    """Runs one script; its ticket gets this number."""
    desk.catalog.put(script.policy)
    request, opening = script.scenario.ticket, None
    if request is not None:
        try:
            opening = opening_of(script, request, number)
        except RequestRefused as refusal:
            comparisons = compare_refusal(request.expect, OPENING_REFUSED, str(refusal))
            at_opening = tuple(each.under(OPENING_PATH) for each in comparisons)
            return ScenarioResult(script, at_opening, refusal=str(refusal))
    return await ScenarioRunner(desk, script, number, on_step).run(opening)


def opening_of(script: Script, request: Request, number: str) -> Opening:
    """The opening of the ticket, as a service would send it. Raises RequestRefused."""
    received_at = script.scenario.to_utc(request.received_at)
    return Opening(
        number=number,
        received_at=received_at,
        opened_by=Actor(id=request.channel, role=Role.SERVICE),
        subject=request.subject,
        description=request.description,
        publication=request.publication,
        terms=settle(script.policy, script.contract, request, received_at),
        request=SettlementRequest(
            account=script.contract.account,
            ticket=request.model_dump(
                mode="json", include=set(TicketFacts.model_fields), exclude_defaults=True
            ),
            received_at=received_at,
        ),
        fingerprint=number,
    )


class ScenarioRunner:
    """Runs one script: its ticket, its account, and the comparisons so far."""

    def __init__(
        self,
        desk: SimulatedDesk,
        script: Script,
        number: str,
        on_step: Callable[[datetime], None],
    ) -> None:
        self._desk = desk
        self._script = script
        self._scenario = script.scenario
        self._number = number
        self._on_step = on_step
        self._ticket: TicketRunner | None = None
        self._account: AccountRunner | None = None
        self._comparisons: list[Comparison] = []

    async def run(self, opening: Opening | None) -> ScenarioResult:
        """Runs all steps and returns the result."""
        try:
            await self._begin(opening)
            for i, step in enumerate(self._scenario.steps):
                await self._take(("steps", i), step)
            ticket, account = self._ticket, self._account
            return ScenarioResult(
                self._script,
                tuple(self._comparisons),
                await ticket.timeline() if ticket else None,
                await account.timeline() if account else None,
            )
        finally:
            if self._account:
                await self._account.end()

    async def _begin(self, opening: Opening | None) -> None:
        """Starts the account, then opens the ticket."""
        beginning, request = self._scenario.account, self._scenario.ticket
        if beginning is not None:
            self._account = await AccountRunner.begin(
                self._desk, self._script, self._number, opening, self._on_step
            )
            self._record(BEGINNING_PATH, await self._account.check(beginning.expect))
        if opening is not None and request is not None:
            if self._account:
                await self._account.until(opening.received_at)
            self._ticket = await TicketRunner.begin(
                self._desk, self._script, opening, self._on_step
            )
            if request.expect.refused is not None:
                self._record(OPENING_PATH, compare_refusal(request.expect, "", ""))
            await self._check(OPENING_PATH, request.expect)

    async def _take(self, path: Path, step: Step) -> None:
        at = self._scenario.to_utc(step.at)
        # The account first: reports of the ticket are of that time or earlier.
        if self._account:
            await self._account.until(at)
        if self._ticket:
            await self._ticket.until(at, acts=isinstance(step, ActionStep))
        if isinstance(step, ActionStep) and self._ticket:
            self._record_outcome(path, step.expect, await self._ticket.act(step))
        if isinstance(step, AccountActionStep) and self._account:
            self._record_outcome(path, step.expect, await self._account.act(step))
        if isinstance(step, OtherTicketsStep) and self._account:
            await self._account.count(step)
        await self._check((*path, "expect"), step.expect)

    def _record_outcome(self, path: Path, expect: Expectation, refusal: tuple[str, str]) -> None:
        """Compares the refusal of an action with the expected one. An unexpected refusal is
        reported at the action.
        """
        comparisons = list(compare_refusal(expect, *refusal))
        if expect.refused is not None:
            self._record((*path, "expect"), comparisons)
        elif refusal[0]:
            at_action = (*path, "do")
            self._comparisons += (replace(each, path=at_action) for each in comparisons)

    async def _check(self, path: Path, expect: Expectation) -> None:
        if self._ticket:
            self._record(path, await self._ticket.check(expect))
        if self._account:
            if self._ticket:
                await self._ticket.wait_until_reported()
            expected = expect.account or AccountExpectation()
            self._record((*path, "account"), await self._account.check(expected))

    def _record(self, path: Path, comparisons: Comparisons | list[Comparison]) -> None:
        self._comparisons += (each.under(path) for each in comparisons)
