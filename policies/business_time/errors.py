"""What can be wrong with a question about business time. All are ValueErrors."""


class BusinessTimeError(ValueError):
    """A question that has no answer: a naive datetime, a negative time to add, a far-off year."""


class CalendarError(BusinessTimeError):
    """A calendar that cannot be built. The message lists every fault with its place."""


class NoOpenTimeError(BusinessTimeError):
    """The calendar stays closed for 3 years, so there is nothing to count (rule 9)."""


class UnknownZoneError(BusinessTimeError):
    """A time zone name that the zone database does not have."""
