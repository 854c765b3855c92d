"""Support hours: by plan, region or fact, with the zone, and the closed days of one year."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from policies.business_time.opening_hours import WEEKDAYS, expand_weekdays
from policies.page.model import Day, Days, Grid, Paragraph, Part, Row, Text
from policies.page.sections.branches import Branch, Tree, Values, branch
from policies.page.sections.grids import parts_of
from policies.page.sections.requests import axes_of, names_of
from policies.page.wording.words import Words
from policies.schema.calendar_days import HALF_DAY_NAME, days_in
from policies.schema.calendars import CalendarRule
from policies.schema.policy import Labelled, SupportPolicy
from policies.schema.tables import Table, dimensions_of, values_of

_SATURDAY = 5
ALWAYS = ("00:00-24:00",)


def hours_parts(words: Words) -> Iterator[Part]:
    """The weekly hours, then the days of the year that differ."""
    policy = words.policy
    if policy.support_hours is None:
        if not policy.calendars:
            yield Part((Paragraph(words.say("no_hours")),))
            return
    else:
        yield from _weekly(words)
    yield from _other_calendars(words)
    yield from _year(words)


def used_calendars(policy: SupportPolicy) -> dict[str, CalendarRule]:
    """The calendars that count for customers, in the order of their use."""
    choices = [policy.support_hours]
    choices += [clock.calendar for clock in policy.clocks.values() if clock.promised]
    names = dict.fromkeys(name for choice in choices for _, name in values_of(choice))
    return {name: policy.calendars[name] for name in names if name in policy.calendars}


def is_always_open(rule: CalendarRule) -> bool:
    """Whether its weekly hours are 24 hours on 7 days."""
    return all(windows == ALWAYS for windows in weekly_windows(rule).values())


def weekly_windows(rule: CalendarRule) -> dict[str, tuple[str, ...]]:
    """The windows of each weekday, none for a closed one."""
    weekly: dict[str, tuple[str, ...]] = dict.fromkeys(WEEKDAYS, ())
    for days, windows in rule.hours.items():
        weekly.update(dict.fromkeys(expand_weekdays(days), tuple(windows)))
    return weekly


def hours_text(words: Words, weekly: Mapping[str, Sequence[str]]) -> str:
    """`Monday to Friday, 09:00–17:00`."""
    if all(tuple(windows) == ALWAYS for windows in weekly.values()) and len(weekly) == 7:
        return words.plain("around_the_clock")
    parts = []
    for days, windows in _runs(weekly):
        parts.append(
            words.plain("on_days", days=_days(words, days), windows=words.windows(windows))
        )
    return "; ".join(
        part[0].lower() + part[1:] if n and words.language == "fr" else part
        for n, part in enumerate(parts)
    )


def _runs(weekly: Mapping[str, Sequence[str]]) -> list[tuple[list[str], Sequence[str]]]:
    """Weekdays in a row that have the same hours, without closed ones."""
    runs: list[tuple[list[str], Sequence[str]]] = []
    before: Sequence[str] = ()
    for day in WEEKDAYS:
        windows = weekly.get(day, ())
        if windows and runs and windows == before:
            runs[-1][0].append(day)
        elif windows:
            runs.append(([day], windows))
        before = windows
    return runs


def _days(words: Words, days: Sequence[str]) -> str:
    names = [words.weekday(day) for day in days]
    if len(names) > 2:
        return words.plain("from_to", first=names[0], last=names[-1])
    return words.joined([f"le {name}" if words.language == "fr" else name for name in names])


def _weekly(words: Words) -> Iterator[Part]:
    policy = words.policy
    tree = _tree(words)

    zones = {words.zone(policy.calendars[name].zone) for name in _leaves(tree)}

    def shown(name: str) -> Values:
        rule = policy.calendars[name]
        hours = hours_text(words, weekly_windows(rule))
        return (hours, words.zone(rule.zone)) if len(zones) > 1 else (hours,)

    columns = (words.plain("hours_column"), words.plain("zone_column"))[: len(zones)][:2]
    caption = words.plain("hours_table")
    if isinstance(tree, Branch):
        yield from map(_without_times, parts_of(words, _shown(tree, shown), columns, caption))
        if len(zones) == 1:
            yield Part((Paragraph(words.say("zone_of_all", zone=next(iter(zones)))),))
        return
    hours = hours_text(words, weekly_windows(policy.calendars[tree.values[0]]))
    yield Part((Paragraph(Text(f"{hours}, {next(iter(zones))}.")),))


def _without_times(part: Part) -> Part:
    """Hours are no targets, even if they begin with a number."""
    blocks = tuple(
        replace(block, rows=tuple(_plain_row(row) for row in block.rows))
        if isinstance(block, Grid)
        else block
        for block in part.blocks
    )
    return replace(part, blocks=blocks)


def _plain_row(row: Row) -> Row:
    return replace(row, cells=tuple(replace(cell, is_time=False) for cell in row.cells))


def _tree(words: Words) -> Tree:
    """The names of the calendars of support hours, by request."""
    choice, policy = words.policy.support_hours, words.policy
    axes = axes_of(policy, dimensions_of(choice), (choice,))

    def calendar(request: Mapping[str, str]) -> Values:
        picked = choice.pick(request) if isinstance(choice, Table) else choice
        return (picked or "",)

    return branch(axes, calendar)


def _shown(tree: Tree, shown: object) -> Tree:
    """The same tree with the hours of the calendars in place of their names."""
    assert callable(shown)
    if isinstance(tree, Branch):
        entries = tuple((names, _shown(each, shown)) for names, each in tree.entries)
        return Branch(tree.dimension, entries)
    return type(tree)(shown(tree.values[0]))


def _other_calendars(words: Words) -> Iterator[Part]:
    """The hours of promised clocks that do not count on the support hours."""
    policy = words.policy
    usual = {name for _, name in values_of(policy.support_hours)}
    for name, rule in used_calendars(policy).items():
        if name in usual:
            continue
        clocks = [
            words.name(Labelled.CLOCK, clock)
            for clock, each in policy.clocks.items()
            if each.promised and name in (used for _, used in values_of(each.calendar))
        ]
        lead = words.say("hours_for", clocks=words.joined(clocks))
        hours = f"{hours_text(words, weekly_windows(rule))}, {words.zone(rule.zone)}."
        yield Part((Paragraph(lead), Paragraph(Text(hours))))


def _year(words: Words) -> Iterator[Part]:
    """The special days of each calendar; calendars with the same days are joined."""
    calendars = used_calendars(words.policy)
    same: dict[tuple[tuple[date, Text], ...], list[str]] = {}
    found = {name: tuple(special_days(words, rule)) for name, rule in calendars.items()}
    for name, its_days in found.items():
        same.setdefault(tuple((day.date, day.name) for day in its_days), []).append(name)
    is_only = len(same) == 1
    for names in same.values():
        together = zip(*(found[name] for name in names), strict=True)
        days = tuple(replace(each[0], idle=all(d.idle for d in each)) for each in together)
        who = "" if is_only else _users(words, names)
        if not days and any(_has_holidays(calendars[name]) for name in names):
            continue
        if not days:
            sentence = words.say("no_holidays_for", who=who) if who else words.say("no_holidays")
            yield Part((Paragraph(sentence),))
            continue
        caption = (
            words.say("holidays_for", who=who, year=words.year)
            if who
            else words.say("holidays", year=words.year)
        )
        columns = (words.say("date_column"), words.say("name_column"))
        days = tuple(_marked(words, day) for day in days)
        yield Part((Days(caption, columns, days),), caption)


def _marked(words: Words, day: Day) -> Day:
    """A day that is closed anyway says so."""
    if not day.idle or day.date.weekday() < _SATURDAY:
        return day
    text = words.plain("idle", name=day.name.words)
    return replace(day, name=Text(text, day.name.language))


def _has_holidays(rule: CalendarRule) -> bool:
    """Whether some years have days that differ, even if this one has none."""
    own = (rule.ics, rule.half_days, rule.special_hours, rule.working_days)
    return any(own) or any(place.country or place.also for place in rule.places)


def special_days(words: Words, rule: CalendarRule) -> Iterator[Day]:
    """The days of the year that differ from the weekly hours, in their order."""
    years = range(words.year, words.year + 1)
    days = days_in(rule, years, words.locale)
    weekly = weekly_windows(rule)
    found: dict[date, Text] = {day: Text(_clean(name)) for day, name in days.closed.items()}
    for day, half in days.half.items():
        time = words.clock_time(half.until)
        if half.name == HALF_DAY_NAME:
            found[day] = words.say("closes_early", time=time)
        else:
            found[day] = words.say("closes_at", name=half.name, time=time)
    for day, weekday in days.working.items():
        found[day] = words.say("worked", weekday=words.weekday(weekday))
    for day, windows in rule.special_hours.items():
        if day.year == words.year:
            found[day] = Text(words.windows(windows))
    for day, text in sorted(found.items()):
        is_closed_anyway = not weekly[WEEKDAYS[day.weekday()]]
        idle = is_closed_anyway and day in days.closed
        yield Day(day, words.weekday_and_day(day), text, idle)


def _clean(name: str) -> str:
    return "; ".join(dict.fromkeys(part.strip() for part in name.split(";"))) or "–"


def _users(words: Words, calendars: Iterable[str]) -> str:
    """The plans, regions or clocks whose hours these calendars are."""
    tree = _tree(words) if words.policy.support_hours is not None else None
    if isinstance(tree, Branch):
        found = [
            names_of(words, tree.dimension, names)
            for names, each in tree.entries
            if set(_leaves(each)) & set(calendars)
        ]
        if found:
            return words.joined(found)
    clocks = [
        words.name(Labelled.CLOCK, clock)
        for clock, rule in words.policy.clocks.items()
        if {name for _, name in values_of(rule.calendar)} & set(calendars)
    ]
    return words.joined(clocks) or words.plain("all_requests")


def _leaves(tree: Tree) -> Iterator[str]:
    if isinstance(tree, Branch):
        for _, each in tree.entries:
            yield from _leaves(each)
    else:
        yield from tree.values
