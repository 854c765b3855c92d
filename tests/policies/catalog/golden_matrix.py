"""The matrix of a policy: the promise and due times of every clock, for every kind of request.

`golden/{policy}.json` has the matrix of each shipped policy. Requests with equal results are listed
under one promise, so that the support page can be compared line by line. Times are local times of
the desk that serves the request.

After an intended change of a policy, write the files again and review the difference:

    python -m tests.policies.catalog.golden_matrix && git diff tests/policies/catalog/golden
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from policies.loading.policy_catalog import PolicyCatalog
from policies.reports.explain import ClockExplanation, explain_all
from policies.schema.policy import SupportPolicy
from policies.schema.tables import Dimension, Table, values_of

GOLDEN = Path(__file__).parent / "golden"
WRITE_AND_REVIEW = (
    "run `.venv/bin/python -m tests.policies.catalog.golden_matrix`, then review "
    "tests/policies/catalog/golden"
)
INSTANTS = {
    "an ordinary Wednesday": "2026-03-04 14:00",
    "Friday at 17:00": "2026-02-27 17:00",
    "Friday at 17:30": "2026-02-27 17:30",
    "Friday at 18:00": "2026-02-27 18:00",
    "Friday at 18:01": "2026-02-27 18:01",
    "a Saturday": "2026-02-28 12:00",
    "Sunday at 23:30": "2026-03-01 23:30",
    "Monday before opening": "2026-03-02 07:30",
    "Monday at opening": "2026-03-02 09:00",
    "before the clocks go forward in America": "2026-03-06 16:00",
    "in the night the clocks go forward in America": "2026-03-08 01:30",
    "before the clocks go forward in Europe": "2026-03-27 16:00",
    "in the night the clocks go forward in Europe": "2026-03-29 00:30",
    "before Ascension Day": "2026-05-13 16:00",
    "the evening before Sweden's National Day": "2026-06-05 20:00",
    "before Midsummer": "2026-06-18 16:00",
    "on Midsummer's Day": "2026-06-20 12:00",
    "before Independence Day": "2026-07-02 16:00",
    "before the clocks go back in Europe": "2026-10-23 16:00",
    "in the night the clocks go back in Europe": "2026-10-25 00:30",
    "before the clocks go back in America": "2026-10-30 16:00",
    "in the night the clocks go back in America": "2026-11-01 00:30",
    "before Thanksgiving": "2026-11-25 16:00",
    "on Thanksgiving": "2026-11-26 12:00",
    "before Christmas": "2026-12-23 16:00",
    "on Christmas Day": "2026-12-25 12:00",
    "the last of the year": "2026-12-31 16:00",
    "before Epiphany": "2027-01-05 16:00",
    "before Martin Luther King Day": "2027-01-15 16:00",
    "before Good Friday": "2027-03-25 16:00",
    "before a New Year's Day kept early": "2027-12-30 16:00",
}
Cell = dict[str, Any]


def matrix(policy: SupportPolicy) -> dict[str, Any]:
    """For every clock of a policy: its promises, the requests that get them, the due times."""
    answers: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in policy.clocks}
    for cell in _cells(policy):
        for clock, answer in _answers(policy, cell).items():
            key = json.dumps(answer, sort_keys=True)
            row = answers[clock].setdefault(key, {"requests": [], **answer})
            row["requests"].append(" / ".join(v for v in cell.values() if v) or "every request")
    return {
        "policy": policy.policy,
        "revision": policy.revision.isoformat(),
        "clocks": {name: list(rows.values()) for name, rows in answers.items()},
    }


def text(policy: SupportPolicy) -> str:
    """The matrix as the text of its file."""
    return json.dumps(matrix(policy), indent=1, ensure_ascii=False) + "\n"


def values_by_dimension(policy: SupportPolicy) -> dict[str, tuple[str, ...]]:
    """The values of requests by dimension, in the order in which the matrix names them."""
    return {
        "plan": tuple(policy.plans),
        "kind": tuple(policy.kinds),
        "priority": tuple(policy.priorities),
        "region": tuple(policy.regions),
    }


def recorded(slug: str) -> dict[str, Any]:
    """The golden matrix of a policy; LookupError if it was never written."""
    path = GOLDEN / f"{slug}.json"
    if not path.exists():
        raise LookupError(f"golden/{path.name} is missing; {WRITE_AND_REVIEW}")
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _cells(policy: SupportPolicy) -> Iterator[Cell]:
    """Every combination of the values of requests."""
    dimensions = values_by_dimension(policy)
    for values in product(*(known or (None,) for known in dimensions.values())):
        yield dict(zip(dimensions, values, strict=True))


def _answers(policy: SupportPolicy, cell: Cell) -> dict[str, dict[str, Any]]:
    answers: dict[str, dict[str, Any]] = {}
    zone = ZoneInfo(_zone(policy, cell))
    for name, wall_clock in INSTANTS.items():
        at = datetime.fromisoformat(wall_clock).replace(tzinfo=zone).astimezone(UTC)
        for clock in explain_all(policy, at, **cell).clocks:
            answer = answers.setdefault(clock.clock, _promise(clock))
            if clock.due_at is not None:
                due = clock.due_at.astimezone(zone)
                promised = "" if clock.target == answer["target"] else f" ({clock.target})"
                answer["due"][name] = f"{due:%a %Y-%m-%d %H:%M %Z}{promised}"
    return answers


def _promise(clock: ClockExplanation) -> dict[str, Any]:
    return {
        "target": clock.target,
        "guarantee": clock.guarantee,
        "clause": clock.clause,
        "calendar": clock.calendar.name if clock.calendar else None,
        "due": {},
    }


def _zone(policy: SupportPolicy, cell: Cell) -> str:
    hours = policy.support_hours
    if isinstance(hours, Table):
        known = {str(d): v for d in Dimension if (v := cell.get(d)) is not None}
        hours = hours.pick(known)
    names = [name for _, name in values_of(hours, ())]
    return policy.calendars[names[0]].zone if names else "UTC"


if __name__ == "__main__":
    catalog = PolicyCatalog.shipped()
    for slug in catalog.slugs:
        (GOLDEN / f"{slug}.json").write_text(text(catalog.latest(slug)), encoding="utf-8")
