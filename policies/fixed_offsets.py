"""Zones whose offset from UTC never changes: the months of an account are counted in one.

Months go on for as long as an account lives, so no transitions can be pinned for them.
"""

from functools import lru_cache

from policies.zones import pin_zone

_YEARS = (2000, 2037)


@lru_cache
def fixed_offset(zone: str) -> str | None:
    """The one offset of a zone, such as `+02:00`; None when it has several."""
    offsets = {offset for _, offset, _ in pin_zone(zone, *_YEARS).transitions}
    if len(offsets) != 1:
        return None
    seconds = offsets.pop()
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02d}:{minutes:02d}"
