"""The part of the terms of a ticket from which its due times follow, without anything else.

A ticket keeps this part of terms that were replaced, and a proof states it.
"""

from policies.coverage.verdict import Decision, Verdict
from policies.terms.model.clock import ClockTerms
from policies.terms.model.process import ForecastTerms, ProcessTerms
from policies.terms.model.ticket_terms import Terms

_UNDECIDED = Verdict(decision=Decision.COVERED)
_LEFT_OUT = (
    *("notices", "contacts", "unassigned", "unassigned_by", "exclusions", "reasons", "overrides"),
    *("facts", "asks", "choices", "headings", "labels", "measured"),
)
"""Fields of terms on which no due time depends."""


def deadline_terms(terms: Terms) -> Terms:
    """Terms with the same due times, breaches and lateness. Warnings and texts are left out."""
    fields = Terms.model_fields
    blank = {name: fields[name].get_default(call_default_factory=True) for name in _LEFT_OUT}
    return terms.model_copy(
        update={
            **blank,
            "verdict": _UNDECIDED,
            "clocks": tuple(map(_without_ladder, terms.clocks)),
            "process": _process(terms.process),
        }
    )


def _without_ladder(clock: ClockTerms) -> ClockTerms:
    return clock.model_copy(update={"ladder": ()})


def _process(process: ProcessTerms) -> ProcessTerms:
    """What a ticket waits for: its own pauses, and the viewpoints of a forecast."""
    forecast = process.forecast
    if forecast is not None:
        forecast = ForecastTerms(
            viewpoints=forecast.viewpoints, priorities=(), windows={}, clause=forecast.clause
        )
    return ProcessTerms(pauses=process.pauses, forecast=forecast)
