"""The terms of a ticket as items of a proof: their base, each clock, and each calendar.

A reader who does not see internal parts gets the clocks that are promised, and the calendars on
which they count.
"""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from policies.terms.deadline_terms import deadline_terms
from policies.terms.model.ticket_terms import Terms
from proof.commitments import Salts

BASE, CLOCK, CALENDAR = "terms", "clock terms", "calendar"
"""The kinds of these items."""
_SEPARATE = {"clocks", "calendars", "verdict"}
_NOT_STATED = {"account_name", "title", "locale"}


def terms_items(
    terms: Terms,
    salts: Salts,
    place: str,
    sees_all: bool,
    stated_facts: Mapping[str, JsonValue],
) -> JsonValue:
    """The part of the terms from which due times follow, for one reader. `stated_facts` are those
    of the request on which promises depend.
    """
    counted = deadline_terms(terms)
    whole = counted.model_dump(mode="json")
    base = {name: v for name, v in whole.items() if name not in _SEPARATE | _NOT_STATED}
    if stated_facts:
        base["stated_facts"] = dict(stated_facts)
    promised = {clock.name for clock in counted.clocks if clock.promised}
    used = frozenset(_calendars_of(counted, promised))
    clocks = [
        (f"{place}/{clock['name']}", clock, sees_all or clock["name"] in promised)
        for clock in whole.get("clocks", [])
    ]
    calendars = [
        (f"{place}/{name}", [name, calendar], sees_all or name in used)
        for name, calendar in whole.get("calendars", {}).items()
    ]
    return {
        "base": salts.item(BASE, place, base).shown,
        "clocks": salts.listed(CLOCK, place, clocks, None),
        "calendars": salts.listed(CALENDAR, place, calendars, None),
    }


def stated_terms(
    base: Mapping[str, JsonValue],
    clocks: Iterable[JsonValue],
    calendars: Iterable[JsonValue],
) -> Terms:
    """The terms that these items state. ValueError if they are not terms, or have a part that
    this release would pass over.
    """
    named: dict[str, JsonValue] = {}
    for calendar in calendars:
        if not isinstance(calendar, list) or len(calendar) != 2 or calendar[0] in named:
            raise ValueError("a calendar is not a pair of a name of its own and its hours")
        named[str(calendar[0])] = calendar[1]
    stated: dict[str, JsonValue] = {**base, "clocks": [*clocks], "calendars": named}
    terms = Terms.model_validate(
        {**stated, **dict.fromkeys(_NOT_STATED, ""), "verdict": {"decision": "covered"}}
    )
    if len({clock.name for clock in terms.clocks}) < len(terms.clocks):
        raise ValueError("the terms have a clock twice")
    read = {"clocks": [], "calendars": {}, **terms.model_dump(mode="json")}
    unknown = [name for name, value in stated.items() if read.get(name) != value]
    if unknown:
        raise ValueError(f"the terms have something in {unknown[0][:40]!r} that is not known here")
    return terms


def _calendars_of(terms: Terms, clocks: Iterable[str]) -> Iterable[str]:
    """The names of the support hours, and of the calendars on which some clocks count."""
    if terms.support_hours is not None:
        yield terms.support_hours
    yield from terms.hours_by_priority.values()
    if terms.hours is not None:
        yield from terms.hours.cells.values()
    for clock in terms.clocks:
        if clock.name not in clocks:
            continue
        if clock.calendar is not None:
            yield clock.calendar
        if clock.calendars is not None:
            yield from clock.calendars.cells.values()
        yield from (p.calendar for p in clock.promises.values() if p.calendar is not None)
