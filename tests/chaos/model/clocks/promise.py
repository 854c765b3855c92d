"""What a clock promises: a length, and the calendar on which it counts."""

from dataclasses import dataclass, replace

from tests.chaos.model import business_time
from tests.chaos.model.business_time import Calendar


@dataclass(frozen=True)
class Promise:
    """One cell of a table: the length promised, the clause if the cell names one, and the calendar
    on which it counts.
    """

    length: str | None
    clause: str | None = None
    calendar: Calendar | None = None

    @classmethod
    def of(cls, cell: object, calendar: Calendar | None) -> "Promise":
        """A cell of a table, or a value."""
        if isinstance(cell, str):
            return cls(cell, calendar=calendar)
        if cell is None:
            return cls(None, calendar=calendar)
        assert isinstance(cell, dict)
        return cls(cell.get("within"), cell.get("clause"), calendar)

    def with_interval(self, every: str | None) -> "Promise":
        """With the interval that was agreed in place of its length, if any was."""
        return self if every is None else replace(self, length=every)

    def is_same_time(self, other: "Promise") -> bool:
        """Whether both promise the same length on the same calendar, or of elapsed time."""
        if self.length is not None and business_time.is_elapsed(self.length):
            return self.length == other.length
        return (self.length, self.calendar) == (other.length, other.calendar)
