"""The text of a first policy. It is written by hand, so that it reads as the tutorial's does."""

import json
from collections.abc import Iterator

from commands.drafting.answers import Answers, Times, slug, split

ROUND_THE_CLOCK = "24x7"
_NO_PROMISE = "{guarantee: none, says: {en: No time is promised.}}"
_NOTICES = {
    "opened": "requester",
    "assigned": "assignee",
    "reclassified": "requester",
    "responded": "requester",
    "information_requested": "requester",
    "information_provided": "assignee",
    "update_posted": "requester",
    "resolved": "requester",
    "reopened": "assignee",
    "closed": "requester",
}


def draft(answers: Answers, revision: str) -> str:
    """The policy as YAML, in force from a date (`2027-01-01`)."""
    lines = [
        "# Made from answers to `desk new-policy`. Put each promise of the page into `clauses`, in",
        "# your own words, and let each rule name its clause. Then: desk check --strict FILE",
        f"policy: {answers.slug}",
        f"title: {_quoted(answers.company + ' support')}",
        f"revision: {revision}",
        "locale: en",
        "",
        *_clauses(answers),
        *_dimensions(answers),
        *_calendar(answers),
        "contacts:",
        f"  team_lead: {{name: Team lead, email: {_quoted(answers.lead)}, zone: {answers.zone}}}",
        "unassigned: team_lead",
        "",
        *_clocks(answers),
        *_process(answers),
        "notices:",
        *(
            f"  - {{event: {event}, tell: [{audience}], clause: support}}"
            for event, audience in _NOTICES.items()
        ),
        "  - {event: notice_undeliverable, tell: [assignee, team_lead], clause: support}",
    ]
    return "\n".join(lines) + "\n"


def _clauses(answers: Answers) -> Iterator[str]:
    yield "clauses:"
    says = {
        "support": f"{answers.company} answers support requests and informs about their progress.",
        "hours": f"The desk is open {answers.hours}, in the zone {answers.zone}.",
    }
    if _promises(answers.responses):
        says["first-response"] = "Requests are answered within the time for their priority."
    if _promises(answers.resolutions):
        says["resolution"] = "Requests are resolved within the time for their priority."
    if answers.updates:
        says["updates"] = f"Open requests are updated every {answers.updates}."
    if answers.closing:
        says["closing"] = f"A resolved request can be reopened for {answers.closing}."
    for clause, text in says.items():
        yield f"  {clause}:"
        yield f"    says: {_quoted(text)}"
        yield "    at: Support page"
    yield ""


def _dimensions(answers: Answers) -> Iterator[str]:
    for noun, names in (("plans", split(answers.plans)), ("priorities", _priorities(answers))):
        if names:
            yield f"{noun}:"
            yield from (f"  {slug(name)}: {{says: {_quoted(name)}}}" for name in names)
    names = _priorities(answers)
    if names:
        # The requester proposes a priority; without one, a request is of the middle.
        yield f"defaults: {{priority: {slug(names[len(names) // 2])}}}"
    yield ""


def _calendar(answers: Answers) -> Iterator[str]:
    yield "calendars:"
    yield "  desk:"
    yield f"    zone: {answers.zone}"
    if answers.hours == ROUND_THE_CLOCK:
        yield '    hours: {mon-sun: "00:00-24:00"}'
    else:
        days = (part.split(" ", 1) for part in split(answers.hours))
        written = ", ".join(f'{day[0]}: "{day[-1].strip()}"' for day in days)
        yield f"    hours: {{{written}}}"
    country, _, subdivision = answers.holidays.partition("-")
    if country:
        part = f", subdivision: {_quoted(subdivision)}" if subdivision else ""
        yield f"    holidays: {{country: {_quoted(country)}{part}}}"
    yield "    clause: hours"
    yield "support_hours: desk"
    yield ""


def _clocks(answers: Answers) -> Iterator[str]:
    clocks = [
        *_clock("first_response", "responded", answers, answers.responses),
        *_clock("resolution", "resolved", answers, answers.resolutions),
        *_updates(answers),
    ]
    if clocks:
        yield from ("clocks:", *clocks, "")


def _clock(name: str, stop: str, answers: Answers, times: Times) -> Iterator[str]:
    if not _promises(times):
        return
    yield f"  {name}:"
    yield "    starts: [opened]"
    yield f"    stops: [{stop}]"
    if name == "resolution":
        yield "    reopening: same_cycle"
    else:
        yield "    announced: true"
    yield "    within:"
    yield from _table(answers, times)
    yield "    ladder:"
    yield "      - {at: 75%, tell: [assignee]}"
    yield "      - {at: breach, tell: [assignee, team_lead]}"
    yield f"    clause: {name.replace('_', '-')}"


def _table(answers: Answers, times: Times) -> Iterator[str]:
    priorities = [slug(name) for name in _priorities(answers)]
    plans = [slug(name) for name in split(answers.plans)]
    if not plans:
        yield "      by: [priority]"
        yield f"      cells: {{{_row(priorities, times[''])}}}"
        return
    yield "      by: [plan, priority]"
    yield "      cells:"
    for plan in plans:
        row = f"{{{_row(priorities, times[plan])}}}" if any(times[plan]) else _NO_PROMISE
        yield f"        {plan}: {row}"


def _row(priorities: list[str], times: tuple[str, ...]) -> str:
    cells = (time or _NO_PROMISE for time in times)
    return ", ".join(f"{name}: {cell}" for name, cell in zip(priorities, cells, strict=True))


def _updates(answers: Answers) -> Iterator[str]:
    if answers.updates:
        yield "  next_update:"
        yield "    starts: [responded]"
        yield "    stops: [update_posted, information_requested]"
        yield "    repeats: true"
        yield f"    within: {answers.updates}"
        yield "    ladder: [{at: breach, tell: [assignee, team_lead]}]"
        yield "    clause: updates"


def _process(answers: Answers) -> Iterator[str]:
    if answers.closing:
        yield "process:"
        yield f"  closing: {{after: {answers.closing}, clause: closing}}"
        yield ""


def _priorities(answers: Answers) -> tuple[str, ...]:
    return split(answers.priorities)


def _promises(times: Times) -> bool:
    return any(time for row in times.values() for time in row)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
