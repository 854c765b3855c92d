"""Small made-up logs for the example policies, and their back-test."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from xml.sax.saxutils import quoteattr

from backtest.mapping.document import LogMapping
from backtest.mapping.loading import load_mapping
from backtest.results.backtest_report import BacktestReport
from backtest.results.clock_result import ClockResult
from backtest.runs.run import Run
from backtest.runs.spooled_log import spooled
from policies.loading.loader import load_policy
from policies.schema.policy import SupportPolicy
from settings import ROOT

EXAMPLES = ROOT / "examples" / "backtest"
HEADER = "number,incident_state,sys_mod_count,opened_at,sys_updated_at,priority,resolved_at"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def policy_of(example: str) -> SupportPolicy:
    return load_policy(EXAMPLES / example / "policy.yaml")


@cache
def mapping_of(example: str) -> LogMapping:
    return load_mapping(EXAMPLES / example / "mapping.yaml", policy_of(example))


def incidents(*rows: str) -> str:
    """A CSV of incidents. A row is `number|state|count|opened|updated|priority`."""
    lines = (",".join([*row.split("|"), "?"]) for row in rows)
    return "\n".join([HEADER, *lines]) + "\n"


def incident(number: str, priority: str, opened: str, *rows: str) -> list[str]:
    """The rows of one incident: `state @ time`, or `state @ time @ priority`, in order."""
    lines = []
    for count, row in enumerate(rows):
        state, at, *changed = row.split(" @ ")
        priority = changed[0] if changed else priority
        lines.append(f"{number}|{state}|{count}|{opened}|{at}|{priority}")
    return lines


def xes(traces: Iterable[tuple[str, Sequence[dict[str, str]]]]) -> str:
    """An XES log of these traces: the name of each, and the attributes of its events."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', '<log xes.version="1.0">']
    for name, events in traces:
        parts.append(f'<trace><string key="concept:name" value={quoteattr(name)}/>')
        for event in events:
            attributes = "".join(
                f"<string key={quoteattr(key)} value={quoteattr(value)}/>"
                for key, value in event.items()
            )
            parts.append(f"<event>{attributes}</event>")
        parts.append("</trace>")
    return "\n".join([*parts, "</log>"])


def named(*events: str) -> list[dict[str, str]]:
    """Events of the help desk: `name @ time`."""
    pairs = (event.split(" @ ") for event in events)
    return [{"concept:name": name, "time:timestamp": at} for name, at in pairs]


def judged(
    example: str, log: Path, processes: int = 1, now: datetime = NOW
) -> tuple[BacktestReport, list[ClockResult]]:
    """The back-test of a log under an example policy."""
    with spooled(log, mapping_of(example), now) as spool:
        run = Run(spool, policy_of(example))
        run.judge_all(processes)
        return run.report(), [*run.results()]


def judged_incidents(directory: Path, *rows: str) -> dict[tuple[str, str], ClockResult]:
    """The results of these incidents, by ticket and clock."""
    log = directory / "log.csv"
    log.write_text(incidents(*rows))
    _, results = judged("servicenow", log)
    return {(result.ticket, result.clock): result for result in results}
