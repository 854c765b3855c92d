"""Compares an account of the desk with that of the model: credits, caps, service levels, months."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from tests.chaos.checker.differences import Difference
from tests.chaos.model.account.account import Account, Credit
from tests.chaos.model.account.worth import Worth
from tests.chaos.model.document import Plain, admits

VOID = {"refused", "expired"}
DECIMALS = 10**4


def compare_account(
    account: Account,
    document: Plain,
    at: datetime,
    settled: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Difference]:
    """The differences of an account at a time, from its document in the API. `settled` are the
    credits that were claimed or refused.
    """
    name = account.contract["account"]
    months = document.get("closed_months", [])
    model = account.credits(at) | dict(_of_months(account, months))
    desk = {credit["id"]: credit for credit in document.get("credits", [])}
    present = {entry for entry, credit in desk.items() if credit["credits"]}
    if model.keys() != present:
        yield Difference(
            name, "credits", sorted(model.keys() - present), sorted(present - model.keys())
        )
    for entry in model.keys() & desk.keys():
        *expected, state = model_credit(model[entry], account, at)
        expected, found = [*expected, settled.get(entry, state)], [*desk_credit(desk[entry])]
        if expected != found:
            yield Difference(name, f"credit {entry}", expected, found)
    yield from _caps(account, model, desk)
    yield from _levels(account, document, at)
    for month in months:
        first = _first_day(month["month"])
        percent = account.availability_of_month(first) * 100 * DECIMALS // 1 / DECIMALS
        if month["percent"] != percent:
            yield Difference(name, f"month {first}", percent, month["percent"])


def model_credit(credit: Credit, account: Account, at: datetime) -> tuple[object, ...]:
    """A credit of the model in the form of `desk_credit`."""
    is_over = credit.until is not None and account.day_of(at) > credit.until
    is_over = at > credit.until_at if credit.until_at is not None else is_over
    state = "expired" if is_over else "accruing" if credit.is_accruing else "earned"
    until = str(credit.until) if credit.until else None
    own = (credit.own.unit, credit.own.number)
    return credit.credits, own, str(credit.breached_on), until, state


def desk_credit(credit: Plain) -> tuple[object, ...]:
    """The parts of a credit that are compared: before the cap, and the day of the breach."""
    own = worth_of(credit.get("before_cap") or credit.get("worth"), credit["days"])
    until, state = credit.get("claim_until"), credit["state"]
    return credit["credits"], (own.unit, own.number), credit["breached_on"], until, state


def worth_of(worth: Plain | None, days: int) -> Worth:
    """A worth of a document."""
    if worth is None or worth.get("days"):
        return Worth("days", Decimal(worth["days"] if worth else days))
    if worth.get("currency"):
        return Worth(worth["currency"], Decimal(worth["amount"]))
    return Worth(f"% of {worth['of']}", Decimal(worth["percent"]))


def _of_months(account: Account, months: list[Plain]) -> Iterator[tuple[str, Credit]]:
    for month in months:
        name = month["month"]
        credit = account.credit_of_month(_first_day(name))
        if credit is not None:
            kind = "month" if len(name) == len("2027-03") and "Q" not in name else "availability"
            yield f"{kind}:{name}", credit


def _first_day(name: str) -> date:
    """The first day of a period of availability: 2027-03, 2027-Q2, 2027 or 2027-03-01."""
    year, _, rest = name.partition("-")
    if rest.startswith("Q"):
        return date(int(year), int(rest[1]) * 3 - 2, 1)
    month, _, day = rest.partition("-")
    return date(int(year), int(month or 1), int(day or 1))


def _caps(
    account: Account, model: dict[str, Credit], desk: dict[str, Plain]
) -> Iterator[Difference]:
    """The credits under a cap are worth the cap together, or their sum if that is less."""
    own: dict[tuple[str, Worth], Decimal] = defaultdict(Decimal)
    granted: dict[tuple[str, Worth], Decimal] = defaultdict(Decimal)
    for entry in model.keys() & desk.keys():
        credit, found = model[entry], desk[entry]
        worth = worth_of(found.get("worth"), found["days"])
        limit = account.limit(credit)
        if limit is None or limit[1].unit != credit.own.unit:
            if worth != credit.own:
                yield Difference(entry, "worth", credit.own, worth)
        elif found["state"] not in VOID:
            own[limit] += credit.own.number
            granted[limit] += worth.number
    for (name, most), total in own.items():
        if granted[name, most] != min(total, most.number):
            yield Difference(name, "cap", min(total, most.number), granted[name, most])


def _levels(account: Account, document: Plain, at: datetime) -> Iterator[Difference]:
    model = {
        (level.name, level.period.name): (level.counted, level.kept, level.pending, level.state)
        for level in account.levels(at)
    }
    desk = {
        (found["name"], found["period"]): tuple(
            found[part] for part in ("counted", "kept", "pending", "state")
        )
        for found in document.get("service_levels", [])
    }
    nothing = {(0, 0, 0, "open"), (0, 0, 0, "empty")}
    for key in model.keys() | desk.keys():
        if model.get(key) != desk.get(key) and not {model.get(key), desk.get(key)} <= {
            None,
            *nothing,
        }:
            yield Difference(key[0], key[1], model.get(key), desk.get(key))


Recorded = dict[str, tuple[int, tuple[str, Decimal] | None]]
"""By id: how many credits, and what they are worth before the cap, unless they still accrue."""


def model_recorded(account: Account, at: datetime) -> Recorded:
    """The credits that tickets have recorded so far, by the model."""
    return {
        entry: (
            credit.credits,
            None if credit.is_accruing else (credit.own.unit, credit.own.number),
        )
        for entry, credit in account.credits(at, accrues=False).items()
    }


def desk_recorded(document: Plain) -> Recorded:
    """The recorded credits of a document. That of a ticket that was opened again accrues further:
    it counts as it was recorded.
    """
    events = [e["data"] for e in document.get("events", []) if "credit" in e.get("data", {})]
    recorded = {data["credit"]: int(data["credits"]) for data in events}
    found: Recorded = {}
    for credit in document.get("credits", []):
        entry, is_accruing = credit["id"], credit["state"] == "accruing"
        own = worth_of(credit.get("before_cap") or credit.get("worth"), credit["days"])
        if not is_accruing:
            found[entry] = (credit["credits"], (own.unit, own.number))
        elif entry in recorded:
            found[entry] = (recorded[entry], None)
    return found


def levels_of(account: Account, at: datetime) -> dict[tuple[str, str], tuple[int, int, int]]:
    """The figures of each service level that has tickets, by the model."""
    return {
        (level.name, level.period.name): (level.counted, level.kept, level.pending)
        for level in account.levels(at)
    }


def levels_in(document: Plain) -> dict[tuple[str, str], tuple[int, int, int]]:
    """The same of a document."""
    found = {
        (level["name"], level["period"]): (level["counted"], level["kept"], level["pending"])
        for level in document.get("service_levels", [])
    }
    return {key: figures for key, figures in found.items() if any(figures)}


def emails_owed(account: Account, at: datetime) -> Counter[str]:
    """The addresses that the account writes to about credits, one entry for each e-mail."""
    owed: Counter[str] = Counter()
    for credit in account.credits(at, accrues=False).values():
        owed.update(_told(account, "credit_earned", credit))
        for _ in range(credit.changes - 1):
            owed.update(_told(account, "credit_corrected", credit))
    return owed


def _told(account: Account, event: str, credit: Credit) -> list[str]:
    people = account.contacts
    if credit.ticket is not None:
        people = {**people, "requester": credit.ticket.request.body["requester"]["email"]}
    rules = [rule for rule in account.rules.get("notices", ()) if rule["event"] == event]
    values = {"plan": account.plan, "region": account.region}
    audiences = [a for rule in rules if admits(rule, values, *values) for a in rule["tell"]]
    by_mailbox = {
        people[name].lower(): people[name] for name in reversed(audiences) if name in people
    }
    return list(by_mailbox.values())
