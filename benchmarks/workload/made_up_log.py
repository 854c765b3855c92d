"""A made-up audit log of incidents, the same in every run: as wide and as long as real ones.

    python -m benchmarks.workload.made_up_log 24918 incidents.csv

An incident has about six rows: it is taken up, waits for its caller or a vendor, changes its
priority now and then, is resolved, and closes some days later. Some are opened again.
"""

import csv
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

READ = ("number", "incident_state", "sys_mod_count", "opened_at", "sys_updated_at", "priority")
FILLERS = 30
"""Columns that no mapping reads: real logs have that many."""
BEGINS = datetime(2023, 1, 2, tzinfo=UTC)
SPAN = timedelta(days=730)
PRIORITIES = ("1 - Critical", "2 - High", "3 - Moderate", "4 - Low")
WEIGHTS = (1, 2, 90, 7)
WORK = ("Active", "Awaiting User Info", "Awaiting Vendor", "Awaiting Problem")
Line = tuple[str, ...]


def write_log(path: Path, tickets: int, fillers: int = FILLERS) -> int:
    """Writes a log; returns how many rows it has."""
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow((*READ, *(f"field_{number:02}" for number in range(1, fillers + 1))))
        for number in range(tickets):
            for line in incident(number):
                out.writerow((*line, *(f"value {number % 997}" for _ in range(fillers))))
                rows += 1
    return rows


def incident(number: int) -> Iterator[Line]:
    """The rows of one incident, which depend on its number only."""
    rng = random.Random(number)
    at = opened = BEGINS + timedelta(minutes=rng.randrange(SPAN // timedelta(minutes=1)))
    priority = rng.choices(PRIORITIES, WEIGHTS)[0]
    states = ["New", *rng.choices(WORK, (6, 2, 1, 1), k=rng.choice((0, 1, 2, 2, 3, 4, 6)))]
    states += ["Resolved", "Closed"] if rng.random() < 0.98 else []
    if rng.random() < 0.01:
        states += ["Active", "Resolved", "Closed"]
    for count, state in enumerate(states):
        if rng.random() < 0.02:
            priority = rng.choice(PRIORITIES)
        name = f"INC{number:07}"
        yield (name, state, str(count), _written(opened), _written(at), priority)
        hours = rng.expovariate(1 / 60 if state in {"Resolved", "Awaiting Vendor"} else 1 / 9)
        at += timedelta(minutes=int(hours * 60))


def _written(at: datetime) -> str:
    return f"{at.day}/{at.month}/{at:%Y %H:%M}"


if __name__ == "__main__":
    write_log(Path(sys.argv[2]), int(sys.argv[1]))
