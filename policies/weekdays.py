"""Weekdays as policies write them: `mon`, `mon-fri`, `sat-sun`."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def expand_weekdays(text: str) -> tuple[str, ...]:
    """The weekdays a key such as `fri-mon` names, in order; ValueError when it names none."""
    first, dash, last = text.partition("-")
    if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
        raise ValueError(f"{text!r} is not a weekday; write {', '.join(WEEKDAYS)} or mon-fri")
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    length = (end - start) % 7 + 1
    return tuple(WEEKDAYS[(start + i) % 7] for i in range(length))
