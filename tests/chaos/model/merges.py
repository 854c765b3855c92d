"""Merges: whom a ticket brings into another one, and whether both know of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.chaos.checker.comparison import Hearing
from tests.chaos.checker.differences import Difference, Found
from tests.chaos.model.document import Plain
from tests.chaos.model.process import INVALID
from tests.chaos.workload.ticket_life import Life


def hear_together(lives: Sequence[Life], founds: Sequence[Found]) -> list[Hearing]:
    """Every ticket, held against the reference with what the others bring into it."""
    events = {life.number: found.events for life, found in zip(lives, founds, strict=True)}
    brought = _brought_by(lives, events)
    hearings = []
    for life, found in zip(lives, founds, strict=True):
        found.others = brought[life.contract["account"]]
        hearings.append(Hearing(life, found))
        hearings[-1].hear()
    return hearings


def _brought_by(
    lives: Sequence[Life], events: Mapping[str, list[Plain]]
) -> dict[str, dict[str, dict[str, str]]]:
    """By account and number: the addresses that a ticket brings into a merge, its own first."""
    addresses = {life.number: life.body["requester"]["email"] for life in lives}
    brought: dict[str, dict[str, dict[str, str]]] = {}
    for life in lives:
        numbers = dict.fromkeys(_with_duplicates(life.number, events, ()))
        brought.setdefault(life.contract["account"], {})[life.number] = {
            number: addresses[number] for number in numbers
        }
    return brought


def _with_duplicates(
    number: str, events: Mapping[str, list[Plain]], known: tuple[str, ...]
) -> Iterator[str]:
    """A ticket, and those that had been merged into it before it was merged itself."""
    yield number
    for event in events[number]:
        if event["type"] == "merged":
            return
        if event["type"] == "merged_in" and event["data"]["number"] not in known:
            yield from _with_duplicates(event["data"]["number"], events, (*known, number))


def unheard(hearings: Iterable[Hearing]) -> Iterator[Difference]:
    """A merge is in the timeline of both, once, or known to have reached nobody. One that was
    refused because of the other ticket was so because that is closed.
    """
    by_number = {hearing.life.number: hearing for hearing in hearings}
    for hearing in by_number.values():
        yield from _of_source(hearing, by_number)
        yield from _of_target(hearing, by_number)


def _of_source(hearing: Hearing, by_number: Mapping[str, Hearing]) -> Iterator[Difference]:
    number, into = hearing.life.number, hearing.ticket.merged_into
    if into is not None:
        heard = _merged_in(by_number[into]).count(number)
        lost = _types(hearing).count("merge_undelivered")
        if heard + lost != 1:
            found = f"{heard} times, and {lost} times said to be lost"
            yield Difference(number, f"merge into {into}", "known once", found)
    for attempt in hearing.life.attempts:
        other = by_number.get(attempt.choice.said.get("into", ""), hearing)
        if other is not hearing and attempt.problem == INVALID and "closed" not in _types(other):
            yield Difference(number, f"merge {attempt.key}", "possible", attempt.problem)


def _of_target(hearing: Hearing, by_number: Mapping[str, Hearing]) -> Iterator[Difference]:
    number = hearing.life.number
    for source in _merged_in(hearing):
        if by_number[source].ticket.merged_into != number:
            yield Difference(number, "merge", "none", f"of {source}")


def _merged_in(hearing: Hearing) -> list[str]:
    return [e["data"]["number"] for e in hearing.found.events if e["type"] == "merged_in"]


def _types(hearing: Hearing) -> list[str]:
    return [event["type"] for event in hearing.found.events]
