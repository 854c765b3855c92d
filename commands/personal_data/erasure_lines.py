"""The report of an erasure as lines, which need no wide terminal."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from workflows.client.erasure.report import ErasureReport, Item, Outcome

WIDTH = 78
MOST_NAMED = 24
"""Tickets that are named; JSON has all."""
HEADLINES = {
    Outcome.ERASED: "Erased. Nothing of the person is left but what is listed under Stays.",
    Outcome.NOTHING_LEFT: "Nothing is left to erase.",
    Outcome.INCOMPLETE: "Not complete: repeat the command to go on.",
    Outcome.REFUSED: "Nothing was erased, because tickets are open. Close them, or repeat the "
    "command with --close-open.",
    Outcome.PLANNED: "Dry run: nothing was changed. An erasure would do this.",
    Outcome.RUNNING: "Still running.",
}


def erasure_lines(report: ErasureReport, *, is_audited: bool = True) -> Iterator[str]:
    """The outcome, what is gone, what is left to do, and what stays.

    The id is that of an entry of the audit log, if there is one. A dry run has none.
    """
    yield from wrap(_headline(report), WIDTH)
    if report.outcome is not Outcome.PLANNED:
        where = "for your records and in the audit log" if is_audited else "for your records"
        yield f"Id {where}: {report.id}"
    yield from _gone(report)
    yield from _section(
        "Open tickets, for which an erasure needs --close-open",
        [f"{t.number}  {t.account}  {t.stage}" for t in report.open],
    )
    yield from _section("Opened meanwhile", report.opened_meanwhile)
    yield from _items("Waiting", report.waiting)
    yield from _items("Failed", report.failed)
    if report.outcome is not Outcome.REFUSED:
        yield from _items("Stays", report.stays)


def _headline(report: ErasureReport) -> str:
    if report.outcome is Outcome.PLANNED and not report.has_effect:
        return "Dry run: there is nothing to erase."
    return HEADLINES[report.outcome]


def _gone(report: ErasureReport) -> Iterator[str]:
    if report.tickets:
        yield from _section(
            f"Tickets: {len(report.tickets):,}, {_method(report)}", _named(report.tickets)
        )
    if report.closed:
        yield from _section(f"Of these withdrawn first: {len(report.closed):,}", ())
    if report.accounts or report.account_runs:
        runs = (
            f", earlier histories deleted: {report.account_runs:,}" if report.account_runs else ""
        )
        yield from _section(f"Accounts: {len(report.accounts):,}{runs}", _named(report.accounts))
    if report.keys:
        yield from _section(f"API keys revoked: {len(report.keys):,}", _named(report.keys))
    if report.mails:
        yield from _section(f"E-mails deleted from the mail catcher: {report.mails:,}", ())


def _method(report: ErasureReport) -> str:
    return "data keys destroyed and histories deleted" if report.encrypted else "histories deleted"


def _named(names: Sequence[str]) -> Iterator[str]:
    shown, rest = names[:MOST_NAMED], len(names) - MOST_NAMED
    yield from wrap("  ".join(shown), WIDTH - 2, break_on_hyphens=False)
    if rest > 0:
        yield f"and {rest:,} more; --json lists all"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    below = list(lines)
    if below or ": " in title:
        yield ""
        yield title
    yield from (f"  {line}" for line in below)


def _items(title: str, items: Sequence[Item]) -> Iterator[str]:
    if not items:
        return
    yield ""
    yield title
    for item in items:
        yield f"  {item.what}"
        yield from (f"      {line}" for line in wrap(item.why, WIDTH - 6, break_on_hyphens=False))
