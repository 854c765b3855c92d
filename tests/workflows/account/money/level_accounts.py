"""Accounts with service levels, and the outcomes that tickets report to them."""

from datetime import datetime, timedelta

from policies.accounts.outcomes import ClockOutcome, OutcomeState
from tests.workflows.account.account_driver import AccountDriver
from tests.workflows.account.money.money_policies import INCIDENTS, at, terms_of
from workflows.account.model.action_inputs import AccountAction
from workflows.account.model.views import LevelView

MAY = at("2026-05-04T10:00:00+01:00")
QUARTER_ENDS = at("2026-07-01T00:00:00+01:00")
MINUTE = timedelta(minutes=1)
IN_TIME, LATE, RUNNING = OutcomeState.IN_TIME, OutcomeState.LATE, OutcomeState.RUNNING


def level_account(text: str = INCIDENTS) -> AccountDriver:
    """An account under this policy, with a contact to notify."""
    contacts = {"customer": {"name": "Carla", "email": "carla@harbour.example"}}
    return AccountDriver(terms_of(text, contacts=contacts), at("2026-04-01T00:00:00+01:00"))


def outcome_of(
    ticket: int, state: OutcomeState, priority: str = "p1", **more: object
) -> ClockOutcome:
    """What a ticket reports about its clock."""
    fields: dict[str, object] = {
        "account": "harbour",
        "ticket": f"AAAA-AAAA-{ticket:04d}",
        "clock": "response",
        "number": 1,
        "state": state,
        "priority": priority,
        "started_at": MAY,
        "due_at": MAY + 30 * MINUTE,
    }
    return ClockOutcome.model_validate(fields | more)


def report_outcome(driver: AccountDriver, outcome: ClockOutcome, when: datetime = MAY) -> None:
    """Reports an outcome to the account."""
    driver.act(AccountAction.REPORT_OUTCOME, when, id=outcome.id, outcome=outcome)


def reported(priority: str, logged: int, late: int, text: str = INCIDENTS) -> AccountDriver:
    """An account with this many tickets, of which the first ones were late."""
    driver = level_account(text)
    for number in range(logged):
        report_outcome(driver, outcome_of(number, LATE if number < late else IN_TIME, priority))
    return driver


def level_view(driver: AccountDriver, name: str, period: str, when: datetime) -> LevelView | None:
    """A service level in one period, as readers see it."""
    levels = driver.view(when).service_levels
    return next((v for v in levels if (v.name, v.period) == (name, period)), None)
