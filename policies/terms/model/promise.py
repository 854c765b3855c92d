"""What a clock is promised to take: a target, or a guarantee without a time."""

from policies.business_time.durations import DurationText
from policies.terms.model.pinned import Sparse
from policies.vocabulary import Guarantee


class PromiseTerms(Sparse):
    """A target, or a guarantee without a time and its text. `calendar` is set where it differs
    from that of the clock, because the priority of the promise has hours of its own.
    """

    within: DurationText | None = None
    guarantee: Guarantee | None = None
    says: str = ""
    clause: str | None = None
    calendar: str | None = None

    def counts_like(self, other: "PromiseTerms") -> bool:
        """Whether both give the same due time for the same past. Elapsed time has no calendar."""
        if self.within is None or not self.within.is_elapsed:
            return (self.within, self.calendar) == (other.within, other.calendar)
        return self.within == other.within


NOTHING_PROMISED = PromiseTerms(guarantee=Guarantee.NONE)
