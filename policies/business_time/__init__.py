"""Calendar arithmetic: opening hours, open time, durations, zones, and why a date is what it is.

Everything that adds or subtracts business time lives here. It imports nothing else of the project.
"""

from policies.business_time.calendar import BusinessCalendar

__all__ = ["BusinessCalendar"]
