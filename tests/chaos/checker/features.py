"""How often tickets and accounts have used what only some policies have."""

from collections import Counter
from datetime import datetime

from tests.chaos.model.account.account import Account
from tests.chaos.model.clocks.ladder import AFTER_START, BEFORE
from tests.chaos.model.ticket import Ticket

EVENTS = {
    "milestone_recorded": "milestones",
    "workaround_provided": "workarounds",
    "estimate_given": "estimates",
    "level_raised": "levels raised",
    "resolved": "resolutions",
}


def features_of(ticket: Ticket) -> Counter[str]:
    """The counts of one ticket."""
    counts: Counter[str] = Counter()
    for event in ticket.events:
        data = event.data
        if event.type == "due_time_agreed":
            counts["intervals agreed" if "every" in data else "due times agreed"] += 1
        if event.type in EVENTS:
            counts[EVENTS[event.type]] += 1
        if event.type == "level_raised" and event.role == "system":
            counts["levels raised by time"] += 1
        if event.type in {"resolved", "closed"} and "by_clock" in data:
            counts[f"silences that ended as {event.type}"] += 1
        rung = data.get("rung", "")
        if rung.endswith(AFTER_START):
            counts["rungs after the start"] += 1
        if rung.endswith(BEFORE):
            counts["rungs before the due time"] += 1
    own = {n for n, rule in ticket.request.rules.get("pauses", {}).items() if "starts" in rule}
    counts["waits for reasons of the policy"] = sum(wait.reason in own for wait in ticket.waits)
    counts["clocks that outlast the resolution"] = sum(
        "resolved" in cycle.rule["starts"] for cycle in ticket.cycles
    )
    counts["breaches of agreed due times"] = sum(
        cycle.agreed_due is not None and cycle.breached_at is not None for cycle in ticket.cycles
    )
    return counts


def features_of_account(account: Account, at: datetime) -> Counter[str]:
    """The counts of one account."""
    credits = account.credits(at, accrues=False).values()
    counts: Counter[str] = Counter(
        f"credits in {'days' if credit.own.unit == 'days' else 'money'}" for credit in credits
    )
    counts["credits that were corrected"] = sum(credit.changes > 1 for credit in credits)
    counts["credits under a cap"] = sum(account.limit(credit) is not None for credit in credits)
    counts["service levels measured"] = len(account.levels(at))
    return counts
