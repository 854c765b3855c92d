"""Playing a script: the real workflows live the story, and what comes of it is compared."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from commands.scenario.account_expectation import AccountExpectation
from commands.scenario.checks import OPENING_REFUSED
from commands.scenario.expectation import Expectation
from commands.scenario.scenario import Request
from commands.scenario.script import Script
from commands.scenario.steps import AccountActionStep, ActionStep, Step
from commands.simulation.account_runner import AccountRunner
from commands.simulation.comparison import Comparison, Comparisons, compare_refusal
from commands.simulation.simulated_desk import SimulatedDesk
from commands.simulation.ticket_runner import TicketRunner
from commands.timeline.account_timeline import AccountTimeline
from commands.timeline.ticket_timeline import Timeline
from policies.documents.problems import Path
from policies.terms.admission import RequestRefused
from policies.terms.settlement import settle
from policies.vocabulary import Role
from workflows.shared.action_request import Actor
from workflows.ticket.model.messages import Opening

AT_OPENING: Path = ("ticket", "expect")
AT_BEGINNING: Path = ("account", "expect")


@dataclass(frozen=True)
class ScenarioResult:
    """What came of a script. There is no story of a ticket when the opening was refused, or when
    the scenario has none; and none of an account when it has none.
    """

    script: Script
    comparisons: tuple[Comparison, ...]
    story: Timeline | None = None
    account: AccountTimeline | None = None
    refusal: str | None = None

    @property
    def failures(self) -> tuple[Comparison, ...]:
        """The expectations that were not met."""
        return tuple(c for c in self.comparisons if not c.holds)


async def play(
    rehearsal: SimulatedDesk, script: Script, number: str, on_step: Callable[[datetime], None]
) -> ScenarioResult:
    """Plays one script on a ticket of this number."""
    request, opening = script.scenario.ticket, None
    if request is not None:
        try:
            opening = open_by(script, request, number)
        except RequestRefused as refusal:
            found = compare_refusal(request.expect, OPENING_REFUSED, str(refusal))
            under = tuple(comparison.under(AT_OPENING) for comparison in found)
            return ScenarioResult(script, under, refusal=str(refusal))
    return await ScenarioRunner(rehearsal, script, number, on_step).play(opening)


def open_by(script: Script, request: Request, number: str) -> Opening:
    """The opening of the ticket, as a backend would send it; RequestRefused when there is none."""
    received_at = script.scenario.instant(request.received_at)
    return Opening(
        number=number,
        received_at=received_at,
        opened_by=Actor(id=request.channel, role=Role.SERVICE),
        subject=request.subject,
        description=request.description,
        publication=request.publication,
        terms=settle(script.policy, script.contract, request, received_at),
        fingerprint=number,
    )


class ScenarioRunner:
    """One script on the stage: its ticket, its account, and what was compared so far."""

    def __init__(
        self,
        rehearsal: SimulatedDesk,
        script: Script,
        number: str,
        on_step: Callable[[datetime], None],
    ) -> None:
        self._rehearsal = rehearsal
        self._script = script
        self._scenario = script.scenario
        self._number = number
        self._on_step = on_step
        self._ticket: TicketRunner | None = None
        self._account: AccountRunner | None = None
        self._comparisons: list[Comparison] = []

    async def play(self, opening: Opening | None) -> ScenarioResult:
        """The story from its beginning to the last step."""
        try:
            await self._begin(opening)
            for i, step in enumerate(self._scenario.steps):
                await self._take(("steps", i), step)
            ticket, account = self._ticket, self._account
            return ScenarioResult(
                self._script,
                tuple(self._comparisons),
                await ticket.story() if ticket else None,
                await account.story() if account else None,
            )
        finally:
            if self._account:
                await self._account.end()

    async def _begin(self, opening: Opening | None) -> None:
        """The account comes into being, and then the request comes in."""
        beginning, request = self._scenario.account, self._scenario.ticket
        if beginning is not None:
            self._account = await AccountRunner.begin(
                self._rehearsal, self._script, self._number, self._on_step
            )
            self._note(AT_BEGINNING, await self._account.look(beginning.expect))
        if opening is not None and request is not None:
            if self._account:
                await self._account.until(opening.received_at)
            self._ticket = await TicketRunner.begin(
                self._rehearsal, self._scenario, opening, self._on_step
            )
            if request.expect.refused is not None:
                self._note(AT_OPENING, compare_refusal(request.expect, "", ""))
            await self._look(AT_OPENING, request.expect)

    async def _take(self, path: Path, step: Step) -> None:
        at = self._scenario.instant(step.at)
        # First the account: what the ticket reports on its way is of that time or before.
        for part in (self._account, self._ticket):
            if part:
                await part.until(at)
        if isinstance(step, ActionStep) and self._ticket:
            self._tried(path, step.expect, await self._ticket.act(step))
        if isinstance(step, AccountActionStep) and self._account:
            self._tried(path, step.expect, await self._account.act(step))
        await self._look((*path, "expect"), step.expect)

    def _tried(self, path: Path, expect: Expectation, refusal: tuple[str, str]) -> None:
        """What was tried was refused, or not; an unexpected refusal is found where it was tried."""
        found = list(compare_refusal(expect, *refusal))
        if expect.refused is not None:
            self._note((*path, "expect"), found)
        elif refusal[0]:
            where = (*path, "do")
            self._comparisons += (Comparison(where, c.expected, c.found, c.holds) for c in found)

    async def _look(self, path: Path, expect: Expectation) -> None:
        if self._ticket:
            self._note(path, await self._ticket.look(expect))
        if self._account:
            if self._ticket:
                await self._ticket.reported()
            wanted = expect.account or AccountExpectation()
            self._note((*path, "account"), await self._account.look(wanted))

    def _note(self, path: Path, found: Comparisons | list[Comparison]) -> None:
        self._comparisons += (comparison.under(path) for comparison in found)
