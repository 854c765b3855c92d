"""Damages made-up logs by a seed, and checks what the back-test makes of them.

    python -m tests.backtest.damaged_logs --lines 10000 --seed 1

Each damage is in one line, of a ticket of its own. It must be reported once, with its place, and
every other ticket must have the results that it has in the sound log.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import NamedTuple

from backtest.mapping.document import LogFormat, LogMapping
from backtest.results.backtest_report import BacktestReport
from backtest.results.clock_result import ClockResult
from backtest.runs.run import Run
from backtest.runs.spooled_log import spooled
from tests.backtest.made_up_logs import HEADER, mapping_of, policy_of

NOW = datetime(2027, 1, 1, tzinfo=UTC)
BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LAST = "INC-END"
"""A sound ticket with the latest time, so that no damage moves the end of the log."""
STATES = ("New", "Active", "Awaiting User Info", "Active", "Resolved", "Closed")
PRIORITIES = ("1 - Critical", "2 - High", "3 - Moderate", "4 - Low")

Damage = Callable[[random.Random, str], str]
"""Damages the text of a line; the line break at its end is not part of it."""


class Format(NamedTuple):
    """A format. `lines` makes the sound lines of tickets, in order, each with its ticket."""

    example: str
    before: str
    after: str
    lines: Callable[[random.Random, int], list[tuple[str, str]]]
    harmful: dict[str, Damage]
    harmless: dict[str, Damage]


class Outcome(NamedTuple):
    """What a run must show: the damages by name, and what is wrong with the report."""

    damages: Counter[str]
    report: BacktestReport
    wrong: list[str]


def check(kind: str, lines: int, seed: int, directory: Path) -> Outcome:
    """Damages a log of so many lines, about one in four, and checks its back-test."""
    rng, form = random.Random(f"{kind} {seed}"), FORMATS[kind]
    sound = form.lines(rng, lines)
    _, expected = _judged(form, [text for _, text in sound], directory)
    damaged, names = _damaged(rng, form, sound)
    report, results = _judged(form, damaged, directory)
    harmed = {ticket for ticket, name in names.items() if name in form.harmful}
    wrong = [*_wrong_results(expected, results, harmed), *_wrong_counts(report, sound, harmed)]
    return Outcome(Counter(names.values()), report, wrong)


def _damaged(
    rng: random.Random, form: Format, sound: list[tuple[str, str]]
) -> tuple[list[str], dict[str, str]]:
    """The damaged lines, and the damage of each damaged ticket: one, in a random line."""
    lines, damages = [text for _, text in sound], {**form.harmful, **form.harmless}
    places: dict[str, list[int]] = {}
    for place, (ticket, _) in enumerate(sound):
        places.setdefault(ticket, []).append(place)
    names: dict[str, str] = {}
    for ticket, own in places.items():
        if ticket != LAST and rng.random() < 0.6:
            names[ticket], place = rng.choice([*damages]), rng.choice(own)
            lines[place] = damages[names[ticket]](rng, lines[place])
    return lines, names


def _wrong_results(
    expected: Sequence[ClockResult], results: Sequence[ClockResult], harmed: set[str]
) -> list[str]:
    found = Counter((result.ticket, result.clock) for result in results)
    wrong = [f"{key} has {count} results" for key, count in found.items() if count > 1]
    sound = {(r.ticket, r.clock): r._replace(place=0) for r in results}
    return wrong + [
        f"{each.ticket} has another {each.clock}"
        for each in expected
        if each.ticket not in harmed
        and sound.get((each.ticket, each.clock)) != each._replace(place=0)
    ]


def _wrong_counts(
    report: BacktestReport, sound: list[tuple[str, str]], harmed: set[str]
) -> list[str]:
    left_out = report.left_out
    tickets, records = sum(left_out.tickets.values()), sum(left_out.records.values())
    wrong = []
    if tickets + records != len(harmed):
        wrong.append(f"{tickets} tickets and {records} records left out for {len(harmed)} damages")
    if report.tickets > len({ticket for ticket, _ in sound}):
        wrong.append(f"{report.tickets} tickets, more than there are")
    examples = [each for examples in left_out.examples.values() for each in examples]
    named = {each.ticket for each in examples if each.ticket} - harmed
    return [*wrong, *(f"{ticket} is left out, but sound" for ticket in sorted(named))]


def _judged(
    form: Format, lines: list[str], directory: Path
) -> tuple[BacktestReport, list[ClockResult]]:
    log = directory / "log"
    content = form.before + "\n".join(lines) + "\n" + form.after
    log.write_bytes(content.encode("utf-8", "surrogateescape"))
    with spooled(log, strict_mapping(form.example), NOW) as spool:
        run = Run(spool, policy_of(form.example))
        run.judge_all(1)
        return run.report(), [*run.results()]


def strict_mapping(example: str) -> LogMapping:
    """A mapping that takes no state of a CSV that it does not name."""
    mapping = mapping_of(example)
    if mapping.format is not LogFormat.CSV:
        return mapping
    states = {name: rule for name, rule in mapping.states.items() if name != "*"}
    return mapping.model_copy(update={"states": states})


def _lives(rng: random.Random, lines: int, rows: int) -> list[list[datetime]]:
    """The times of tickets with together so many rows."""
    lives = []
    while lines > 0:
        at, times = BEGIN + timedelta(minutes=rng.randrange(60 * 24 * 90)), []
        for _ in range(rng.randint(2, rows)):
            times.append(at)
            at += timedelta(minutes=rng.randint(1, 60 * 30))
        lives.append(times)
        lines -= len(times)
    return lives


# CSV


def _csv_lines(rng: random.Random, lines: int) -> list[tuple[str, str]]:
    rows = []
    for number, times in enumerate(_lives(rng, lines, 6)):
        priority = rng.choice(PRIORITIES)
        for count, at in enumerate(times):
            rows.append((at, _csv(f"INC{number:06}", count, times[0], at, priority)))
    rows.sort(key=lambda row: row[0])
    end = BEGIN + timedelta(days=200)
    return [*(row for _, row in rows), *(_csv(LAST, n, end, end, PRIORITIES[0]) for n in (0, 1))]


def _csv(ticket: str, count: int, opened: datetime, at: datetime, priority: str) -> tuple[str, str]:
    state = STATES[min(count, len(STATES) - 1)]
    times = (f"{opened:%d/%m/%Y %H:%M}", f"{at:%d/%m/%Y %H:%M}")
    return ticket, ",".join((ticket, state, str(count), *times, priority, "?"))


def _cell(number: int, text: str) -> Damage:
    def damage(_: random.Random, line: str) -> str:
        cells = line.split(",")
        cells[number] = text
        return ",".join(cells)

    return damage


def _swap(first: int, second: int) -> Damage:
    def damage(_: random.Random, line: str) -> str:
        cells = line.split(",")
        cells[first], cells[second] = cells[second], cells[first]
        return ",".join(cells)

    return damage


def _cut(rng: random.Random, line: str) -> str:
    cells = line.split(",")
    return ",".join(cells[: rng.randint(1, len(cells) - 1)])


def _garbage(rng: random.Random, line: str) -> str:
    data = bytes(rng.choice(range(14, 256)) for _ in line)
    return data.decode("utf-8", "surrogateescape").replace(",", ";") + ","


CSV = Format(
    "servicenow",
    HEADER + "\n",
    "",
    _csv_lines,
    {
        "no ticket": _cell(0, "?"),
        "no time": _cell(4, ""),
        "not a time": _cell(4, "yesterday"),
        "another zone": _cell(4, "16/07/2026 01:17+99:00"),
        "month first": _cell(4, "07/16/2026 01:17"),
        "in the future": _cell(4, "16/07/2036 01:17"),
        "year 0": _cell(4, "01/01/0000 00:00"),
        "an unknown state": _cell(1, "Lost\0"),
        "an unknown priority": _cell(5, "5 - Whatever"),
        "number and time swapped": _swap(0, 4),
        "state and priority swapped": _swap(1, 5),
        "cut off": _cut,
        "a column too much": lambda rng, line: line.replace(",", ",,", rng.randint(1, 3)),
        "an open quote": lambda rng, line: ',"'.join(line.rsplit(",", rng.randint(1, 5))),
        "garbage": _garbage,
        "a huge column": _cell(1, "x" * 150_000),
    },
    {
        "twice": lambda _, line: f"{line}\n{line}",
        "quoted": lambda _, line: ",".join(f'"{cell}"' for cell in line.split(",")),
        "empty lines": lambda _, line: f"\n{line}\r\n\n",
        "another column": _cell(
            6, "\x1b[2J \ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")
        ),
    },
)


# XES


def _xes_lines(rng: random.Random, lines: int) -> list[tuple[str, str]]:
    traces = [
        _trace(f"1-{number:06}", times, rng.choice(("Major", "High", "Medium", "Low")))
        for number, times in enumerate(_lives(rng, lines * 4, 6))
    ]
    return [*traces, _trace(LAST, [BEGIN + timedelta(days=200)] * 2, "Low")]


def _trace(ticket: str, times: Sequence[datetime], impact: str) -> tuple[str, str]:
    names = ("Queued", "Accepted", "Accepted", "Accepted", "Completed", "Completed")
    events = "".join(
        f'<event><string key="concept:name" value="{name}"/><string key="lifecycle:transition" '
        f'value="{"Wait - User" if n == 2 else "In Progress"}"/><string key="impact" '
        f'value="{impact}"/><date key="time:timestamp" value="{at:%Y-%m-%dT%H:%M:%S}Z"/></event>'
        for n, (at, name) in enumerate(zip(times, names, strict=False))
    )
    return ticket, f'<trace><string key="concept:name" value="{ticket}"/>{events}</trace>'


def _without(text: str) -> Damage:
    return lambda _, line: line.replace(text, "", 1)


def _instead(pattern: str, text: str) -> Damage:
    return lambda _, line: line.replace(pattern, text, 1)


def _at_random(text: str) -> Damage:
    def damage(rng: random.Random, line: str) -> str:
        place = rng.randint(line.index("<event>"), line.index("</trace>") - 1)
        return line[:place] + text + line[place:]

    return damage


XES = Format(
    "volvo",
    '<?xml version="1.0" encoding="UTF-8"?>\n<log>\n',
    "</log>\n",
    _xes_lines,
    {
        "an event without an end": _without("</event>"),
        "an event without a beginning": _without("<event>"),
        "a trace without an end": _without("</trace>"),
        "a trace without a beginning": _without("<trace>"),
        "a quote missing": _instead('value="Queued"', 'value="Queued'),
        "an entity": _at_random("&nothing;"),
        "a control character": _at_random("\x01"),
        "no UTF-8": _at_random("\udcff"),
        "cut off": lambda rng, line: line[: rng.randint(60, len(line) - 9)],
        "no time": _without('key="time:timestamp" '),
        "not a time": _instead(':00Z"', ':99Z"'),
        "in the future": _instead('value="2026-', 'value="2036-'),
        "a time without a zone": _instead('Z"/>', '"/>'),
        "an unknown impact": _instead('key="impact" value="', 'key="impact" value="Very '),
        "deep": _at_random("<a>" * 200),
    },
    {
        "a comment": _instead("</event>", "</event><!-- & < -->"),
        "another attribute": _instead("<event>", '<event><string key="x" value="&amp;"/>'),
        "line breaks": _instead("<event>", "\n<event\n>"),
    },
)


# Jira


def _jira_lines(rng: random.Random, lines: int) -> list[tuple[str, str]]:
    issues = [
        _issue(f"SUP-{number}", times, rng.choice(("Highest", "High", "Medium", "Low")))
        for number, times in enumerate(_lives(rng, lines * 4, 5), 1)
    ]
    return [*issues, _issue(LAST, [BEGIN + timedelta(days=200)] * 2, "Low")]


def _issue(key: str, times: Sequence[datetime], priority: str) -> tuple[str, str]:
    names = ("Open", "In Progress", "Waiting for customer", "In Progress", "Resolved")
    texts = [f"{at:%Y-%m-%dT%H:%M:%S}.000+0000" for at in times]
    histories = [
        {
            "id": str(number),
            "author": {"accountId": "a1"},
            "created": text,
            "items": [{"field": "status", "fromString": names[number - 1], "toString": name}],
        }
        for number, (text, name) in enumerate(zip(texts, names, strict=False))
        if number
    ]
    fields = {
        "created": texts[0],
        "status": {"name": names[len(times) - 1]},
        "priority": {"name": priority},
        "comment": {"comments": [], "total": 0},
    }
    changelog = {"total": len(histories), "histories": histories}
    return key, json.dumps({"key": key, "fields": fields, "changelog": changelog})


JIRA = Format(
    "jira",
    "",
    "",
    _jira_lines,
    {
        "cut off": lambda rng, line: line[: rng.randint(20, len(line) - 1)],
        "a bracket missing": lambda _, line: line.replace("}", "", 1),
        "a bracket too much": lambda _, line: line.replace("}", "}}", 1),
        "a quote missing": lambda _, line: line.replace('"created"', '"created', 1),
        "no number": _instead('"total": ', '"total": NaN, "x": '),
        "deep": _instead('"fields": {', '"fields": {"x": ' + "[" * 200 + "]" * 200 + ", "),
        "changes missing": _instead('"total": 0}}', '"total": 7}}'),
        "no changelog": _instead('"changelog"', '"change"'),
        "a list of texts": _instead('"histories": [', '"histories": ["x", '),
        "no time": _instead('"created": "2026', '"made": "2026'),
        "in the future": _instead('"created": "2026', '"created": "2036'),
        "not a time": _instead("T", "T9"),
        "an unknown status": _instead('"toString": "', '"toString": "Lost in '),
        "garbage": lambda _, line: line.replace('"', "'"),
        "no key": _instead('"key": ', '"name": '),
    },
    {
        "twice": lambda _, line: f"{line}\n{line}",
        "a huge field": _instead(
            '"fields": {', '"fields": {"description": "' + "{ \\u00e9" * 9_000 + '", '
        ),
        "half a character": _instead('"fields": {', '"fields": {"summary": "\\ud83d", '),
        "another member": _instead('"fields": {', '"fields": {"x": [{"issues": [1, {}]}], '),
    },
)
FORMATS = {"csv": CSV, "xes": XES, "jira": JIRA}


def main() -> None:
    """Runs each format; fails if something is wrong."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--lines", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    failed = False
    for kind in FORMATS:
        begin = process_time()
        with TemporaryDirectory() as directory:
            outcome = check(kind, given.lines, given.seed, Path(directory))
        seconds = process_time() - begin
        print(
            f"{kind}: {outcome.damages.total():,} damages in {given.lines:,} lines, {seconds:.0f} s"
        )
        print(*(f"  wrong: {each}" for each in outcome.wrong[:20]), sep="\n")
        failed = failed or bool(outcome.wrong)
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
