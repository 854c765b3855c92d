"""The notices whose sending depends on facts of a request, and whether they are sent."""

from collections.abc import Collection, Iterator, Mapping

from pydantic import JsonValue

from policies.reports.clock_explanation import ExplainedNotice
from policies.schema.events import recorded_type
from policies.schema.policy import SupportPolicy
from policies.schema.tables import row_of
from policies.terms.admission import applies_to
from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import ACCOUNT_EVENTS


def explain_notices(
    policy: SupportPolicy,
    terms: Terms,
    of_contract: Mapping[str, JsonValue],
    events: Collection[str] | None = None,
) -> Iterator[ExplainedNotice]:
    """The notices that depend on facts, for a request with these terms: those of all events, or of
    some. A fact of the contract never changes.
    """
    rows = {name: row_of(value) for name, value in of_contract.items()} | terms.rows_of({})
    named = None if events is None else {*events, *map(recorded_type, events)}
    for rule in policy.notices:
        is_about = named is None or rule.event in named
        if not rule.facts or not is_about or rule.event in ACCOUNT_EVENTS:
            continue
        is_of_priority = not rule.priorities or terms.priority in rule.priorities
        if is_of_priority and applies_to(rule, _values(terms)):
            yield ExplainedNotice(
                event=rule.event,
                tell=rule.tell,
                template=rule.template,
                clause=rule.clause,
                facts=rule.facts,
                is_sent=all(rows.get(name) in choices for name, choices in rule.facts.items()),
            )


def _values(terms: Terms) -> dict[str, str]:
    names = ("plan", "kind", "region", "channel")
    values = {name: getattr(terms, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}
