"""Calendar arithmetic: opening hours, open time, business days, durations, time zones.

It imports nothing else of the project. `calendar.py` has the rules and the public methods.
"""

from policies.business_time.calendar import BusinessCalendar

__all__ = ["BusinessCalendar"]
