"""Set operations on spans, against an oracle that checks every minute."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from policies.business_time.spans import Span, clip, subtract, total, union

START = datetime(2027, 3, 1, tzinfo=UTC)
MINUTES = 60


def minute(number: int) -> datetime:
    return START + timedelta(minutes=number)


spans = st.lists(
    st.tuples(st.integers(0, MINUTES), st.integers(0, MINUTES)).map(
        lambda ends: Span(minute(ends[0]), minute(ends[1]))
    ),
    max_size=8,
)


def minutes_in(found: list[Span] | tuple[Span, ...]) -> set[int]:
    return {n for n in range(MINUTES) if any(s.begins <= minute(n) < s.ends for s in found)}


def is_normalised(found: tuple[Span, ...]) -> bool:
    apart = all(a.ends < b.begins for a, b in pairwise(found))
    return apart and not any(span.is_empty for span in found)


@given(spans)
def test_a_union_has_every_minute_once(some: list[Span]) -> None:
    found = union(some)
    assert is_normalised(found)
    assert minutes_in(found) == minutes_in(some)
    assert total(found) == timedelta(minutes=len(minutes_in(some)))


@given(spans, spans)
def test_subtraction_leaves_the_minutes_outside_all_holes(
    some: list[Span], holes: list[Span]
) -> None:
    found = subtract(some, holes)
    assert is_normalised(found)
    assert minutes_in(found) == minutes_in(some) - minutes_in(holes)


@given(spans, st.integers(0, MINUTES), st.integers(0, MINUTES))
def test_clipping_leaves_the_minutes_inside(some: list[Span], begins: int, ends: int) -> None:
    found = clip(some, Span(minute(begins), minute(ends)))
    assert is_normalised(found)
    assert minutes_in(found) == {n for n in minutes_in(some) if begins <= n < ends}


def test_spans_that_touch_are_joined_and_do_not_overlap() -> None:
    first, second = Span(minute(0), minute(5)), Span(minute(5), minute(9))
    assert union([second, first]) == (Span(minute(0), minute(9)),)
    assert not first.overlaps(second)
    assert first.overlaps(Span(minute(4), minute(5)))
