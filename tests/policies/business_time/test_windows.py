"""Windows without overlaps."""

from datetime import timedelta

from policies.business_time.windows import Window, merged


def window(opens: int, closes: int) -> Window:
    return Window(timedelta(hours=opens), timedelta(hours=closes))


def test_windows_are_merged_in_order_where_they_meet_or_overlap() -> None:
    given = [window(13, 17), window(9, 11), window(11, 12), window(14, 15), window(16, 18)]
    assert merged(given) == [window(9, 12), window(13, 18)]


def test_a_window_without_a_length_is_none() -> None:
    assert merged([window(9, 9), window(12, 11)]) == []
    assert merged([window(9, 9), window(10, 11), window(11, 11)]) == [window(10, 11)]
