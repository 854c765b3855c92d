"""Filters of lists that are for staff: whoever may use one can find out what it hides."""

from api.http.problem_types import INVALID_REQUEST
from api.http.problems import FieldError, Problem
from api.identity.caller import Caller
from api.listing.filters import TicketFilters
from workflows.shared.visibility.sight import SEES_INTERNAL, sees_internal
from workflows.shared.visibility.ticket_parts import INTERNAL_FILTERS

_MESSAGE = f"is a filter for {', '.join(role for role in SEES_INTERNAL if sees_internal(role))}"


def check_filters(filters: TicketFilters, caller: Caller) -> None:
    """Raises a Problem if a filter is about parts of tickets that the caller does not see."""
    if sees_internal(caller.actor.role):
        return
    given = [name for name in TicketFilters.model_fields if name in filters.model_fields_set]
    errors = [FieldError(field=n, message=_MESSAGE) for n in given if n in INTERNAL_FILTERS]
    if errors:
        detail = "; ".join(f"{error.field}: {error.message}" for error in errors)
        raise Problem(INVALID_REQUEST, detail, errors=tuple(errors))
