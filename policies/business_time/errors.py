"""Errors of business time. All are ValueErrors."""


class BusinessTimeError(ValueError):
    """A query without an answer: a naive datetime, a negative time to add, a year out of range."""


class CalendarError(BusinessTimeError):
    """A calendar that cannot be built; the message lists every fault with its place."""


class NoOpenTimeError(BusinessTimeError):
    """The calendar has no open time for 3 years (rule 9)."""


class UnknownZoneError(BusinessTimeError):
    """A time zone name that is not in the zone database."""
