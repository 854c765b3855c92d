"""Two damaged tickets next to each other are two, whatever the damages are."""

import io
import random
from itertools import product

import pytest

from backtest.log.unreadable import Unreadable
from backtest.mapping.reading import Entry, Reading
from backtest.readers.all_readers import READERS
from tests.backtest.damaged_logs import FORMATS, NOW, Damage, Format, strict_mapping


def outcome(form: Format, lines: list[str]) -> tuple[set[str], set[str], int]:
    """The tickets that can be judged, those that cannot, and the damages that name none."""
    mapping = strict_mapping(form.example)
    content = form.before + "\n".join(lines) + "\n" + form.after
    reading, damages = Reading(mapping, None, NOW), 0
    entries: dict[str, list[Entry]] = {}
    damaged: dict[str, Unreadable] = {}
    file = io.BytesIO(content.encode("utf-8", "surrogateescape"))
    for each in READERS[mapping.format](file, mapping):
        read = each if isinstance(each, Unreadable) else reading.entry(each)
        if not isinstance(read, Unreadable):
            entries.setdefault(read[0], []).append(read[1])
        elif read.ticket is None:
            damages += 1
        else:
            damaged.setdefault(read.ticket, read)
    unknown = {t for t, d in damaged.items() if not d.is_certain and t not in entries}
    left_out = damaged.keys() - unknown
    judged = {
        ticket
        for ticket in entries.keys() - left_out
        if not isinstance(reading.ticket(ticket, entries[ticket]), Unreadable)
    }
    return judged, left_out | (entries.keys() - judged), damages + len(unknown)


def side_by_side(form: Format, first: Damage, second: Damage) -> bool:
    rng = random.Random(1)
    sound = form.lines(rng, 12)
    places = [n for n in range(1, len(sound) - 3) if sound[n][0] != sound[n + 1][0]]
    place = rng.choice(places)
    lines = [text for _, text in sound]
    lines[place] = first(rng, lines[place])
    lines[place + 1] = second(rng, lines[place + 1])
    harmed = {sound[place][0], sound[place + 1][0]}
    judged, left_out, damages = outcome(form, lines)
    is_each_counted = len(left_out) + damages == 2 and left_out <= harmed
    return is_each_counted and judged >= {ticket for ticket, _ in sound} - harmed


@pytest.mark.parametrize("kind", FORMATS)
def test_two_damages_side_by_side_are_reported_as_two(kind: str) -> None:
    form = FORMATS[kind]
    pairs = product(form.harmful.items(), repeat=2)
    wrong = [(a, b) for (a, first), (b, second) in pairs if not side_by_side(form, first, second)]
    assert not wrong
