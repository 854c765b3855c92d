"""The result of a verification, as lines for people and as data.

A file that was made to mislead can have any text in it, so all of it is printed as JSON in ASCII.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pydantic import JsonValue

from proof.verification import Report

LONGEST_VALUE = 300
_SEEN_BY = {"staff": "staff sees it", "requester": "a requester sees it"}
_BECAUSE = {
    "hidden": "it depends on something that this reader does not see",
    "terms": "terms that it had before are no longer kept",
    "account": "the account does not have its last report yet",
    "other tickets": "its rule counts the breaches of other tickets, too",
    "unexplained": "the desk could not explain it either: ask it why",
}


def lines(report: Report) -> Iterator[str]:
    """The result for people."""
    if report.number:
        hidden = f", {report.hidden_events} of them hidden" if report.hidden_events else ""
        yield (
            f"Ticket {_text(report.number)} as of {_text(report.as_of)}, "
            f"as {_SEEN_BY[report.reader]}: {report.events} events{hidden}."
        )
        trust = "the key you gave" if report.is_trusted else "NOT a key you gave"
        yield f"Signed by {_text(report.signer)} ({trust})."
    yield from (f"  follows  {_text(part)}" for part in report.recomputed)
    for part, because in report.not_recomputed.items():
        yield f"  stated   {_text(part)}: not recomputed, {_BECAUSE.get(because, because)}"
    for finding in report.findings:
        yield f"  WRONG    {_text(finding.part)}: {_text(finding.says)}"
        if finding.claimed is not None or finding.follows is not None:
            yield f"             claimed  {_value(finding.claimed)}"
            yield f"             follows  {_value(finding.follows)}"
    yield _verdict(report)


def as_data(report: Report) -> dict[str, Any]:
    """The result as data."""
    findings = [
        {name: value for name, value in asdict(each).items() if name != "about"}
        for each in report.findings
    ]
    return {"holds": report.holds, **asdict(report), "findings": findings}


def _verdict(report: Report) -> str:
    if report.holds and report.not_recomputed:
        return "The proof holds as far as it can be recomputed. The rest is signed, and no more."
    if report.holds:
        return "The proof holds: what it claims follows from what it states."
    number = len(report.findings)
    return f"The proof does NOT hold: {number} finding{'s' if number > 1 else ''}."


def _value(value: JsonValue) -> str:
    if value is None:
        return "nothing"
    return json.dumps(value)[:LONGEST_VALUE]


def _text(text: str) -> str:
    """A text of the file, without characters that a terminal would obey."""
    return json.dumps(text)[1:-1][:LONGEST_VALUE]
