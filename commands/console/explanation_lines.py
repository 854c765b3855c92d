"""Parts of an explanation on one line each: remedies, claims and their review, notices."""

from collections.abc import Iterable, Iterator

from rich.markup import escape

from policies.reports.clock_explanation import (
    ExplainedClaims,
    ExplainedNotice,
    ExplainedRemedy,
    ExplainedReview,
)

Line = tuple[str, str]


def remedy_lines(
    remedies: Iterable[ExplainedRemedy], claims: ExplainedClaims | None
) -> Iterator[Line]:
    """The remedies, the time limit for their claims, and the review of claims."""
    for remedy in remedies:
        yield "remedy", _with_clause(remedy.clause, remedy.says)
    if claims is not None and claims.within is not None:
        yield "claims", _with_clause(claims.clause or "", f"within {claims.within} of the breach")
    if claims is not None and claims.review is not None:
        yield "review", _with_clause(claims.review.clause, _review(claims.review))


def notice_lines(notices: Iterable[ExplainedNotice]) -> Iterator[Line]:
    """The notices that depend on facts, each with its condition, and whether it is sent."""
    for notice in notices:
        facts = " and ".join(f"{name} is {_either(v)}" for name, v in notice.facts.items())
        template = f" ({notice.template})" if notice.template else ""
        sent = "sent" if notice.is_sent else "not sent"
        says = f"{notice.event}{template} to {', '.join(notice.tell)} if {facts}: {sent}"
        yield "notice", _with_clause(notice.clause, says)


def _review(review: ExplainedReview) -> str:
    by = f"by {_either(review.by)}"
    if review.within is None:
        return f"{by}, without a time limit"
    hours = f" of {review.calendar}" if review.calendar else ""
    dates = f"filed {review.filed_on:%a %Y-%m-%d}, to decide by {review.until:%a %Y-%m-%d}"
    return f"{by}, within {review.within}{hours}; {dates}"


def _either(names: Iterable[str]) -> str:
    return " or ".join(names)


def _with_clause(clause: str, says: str) -> str:
    return f"{escape(clause)}  [dim]{escape(says)}[/]"
