"""Merged tickets: the requesters that each brings along, and whether both tickets agree."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.chaos.checker.comparison import Comparison
from tests.chaos.checker.differences import Difference, Observed
from tests.chaos.model.document import Plain
from tests.chaos.model.process import INVALID
from tests.chaos.workload.ticket_workload import Attempt, TicketWorkload


def compare_all(
    workloads: Sequence[TicketWorkload], observed: Sequence[Observed]
) -> list[Comparison]:
    """Compares every ticket with the model, merges between them included."""
    pairs = list(zip(workloads, observed, strict=True))
    events = {workload.number: ticket.events for workload, ticket in pairs}
    brought = _brought_by(workloads, events)
    comparisons = []
    for workload, ticket in pairs:
        ticket.others = brought[workload.contract["account"]]
        comparisons.append(Comparison(workload, ticket))
        comparisons[-1].run()
    return comparisons


def _brought_by(
    workloads: Sequence[TicketWorkload], events: Mapping[str, list[Plain]]
) -> dict[str, dict[str, dict[str, str]]]:
    """By account and number: the addresses that a ticket brings into a merge, its own first."""
    addresses = {workload.number: workload.body["requester"]["email"] for workload in workloads}
    brought: dict[str, dict[str, dict[str, str]]] = {}
    for workload in workloads:
        numbers = dict.fromkeys(_with_duplicates(workload.number, events, ()))
        brought.setdefault(workload.contract["account"], {})[workload.number] = {
            number: addresses[number] for number in numbers
        }
    return brought


def _with_duplicates(
    number: str, events: Mapping[str, list[Plain]], known: tuple[str, ...]
) -> Iterator[str]:
    """A ticket, and the tickets merged into it before it was merged itself."""
    yield number
    for event in events[number]:
        if event["type"] == "merged":
            return
        if event["type"] == "merged_in" and event["data"]["number"] not in known:
            yield from _with_duplicates(event["data"]["number"], events, (*known, number))


def merge_differences(comparisons: Iterable[Comparison]) -> Iterator[Difference]:
    """Merges that the two tickets do not agree on.

    A merge is in both timelines once, and leads to a ticket that was not merged itself. A refused
    merge is in neither, and has a reason: the other ticket was closed or on its way into another.
    """
    by_number = {comparison.workload.number: comparison for comparison in comparisons}
    for comparison in by_number.values():
        yield from _at_source(comparison, by_number)
        yield from _at_target(comparison, by_number)
        yield from _ring(comparison, by_number)


def _at_source(comparison: Comparison, by_number: Mapping[str, Comparison]) -> Iterator[Difference]:
    number, into = comparison.workload.number, comparison.ticket.merged_into
    if into is not None:
        received = _merged_in(by_number[into]).count(number)
        if received != 1:
            yield Difference(number, f"merge into {into}", "once", f"{received} times")
    for attempt in comparison.workload.attempts:
        other = by_number.get(attempt.choice.body.get("into", ""), comparison)
        is_refused = other is not comparison and attempt.problem == INVALID
        if is_refused and not _has_reason(other, number, attempt):
            yield Difference(number, f"merge {attempt.key}", "possible", attempt.problem)


def _has_reason(other: Comparison, number: str, merge: Attempt) -> bool:
    """Whether the other ticket can have refused this merge.

    Of two tickets that are merged into each other at once, the one with the lower number accepts.
    """
    if "closed" in _types(other):
        return True
    own = other.workload.number
    return any(
        attempt.choice.action == "merge"
        and attempt.sent <= merge.answered
        and merge.sent <= attempt.answered
        and not (attempt.choice.body["into"] == number and own < number)
        for attempt in other.workload.attempts
    )


def _ring(comparison: Comparison, by_number: Mapping[str, Comparison]) -> Iterator[Difference]:
    seen: list[str] = []
    number: str | None = comparison.workload.number
    while number is not None and number not in seen:
        seen.append(number)
        number = by_number[number].ticket.merged_into
    if number is not None:
        yield Difference(seen[0], "merge", "into a ticket that goes on", f"a ring: {seen}")


def _at_target(comparison: Comparison, by_number: Mapping[str, Comparison]) -> Iterator[Difference]:
    number = comparison.workload.number
    for source in _merged_in(comparison):
        if by_number[source].ticket.merged_into != number:
            yield Difference(number, "merge", "none", f"of {source}")


def _merged_in(comparison: Comparison) -> list[str]:
    events = comparison.observed.events
    return [event["data"]["number"] for event in events if event["type"] == "merged_in"]


def _types(comparison: Comparison) -> list[str]:
    return [event["type"] for event in comparison.observed.events]
