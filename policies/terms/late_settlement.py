"""Terms of a ticket that is already open. What the policy objects to never closes the ticket: it is
left out and reported, so that the desk can put it right.
"""

from datetime import datetime

from policies.coverage.verdict import Decision, Verdict
from policies.i18n.locales import words_in
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.request import TicketFacts
from policies.schema.tables import Dimension
from policies.terms.admission import RequestRefused
from policies.terms.model.recipient import Recipient
from policies.terms.model.ticket_terms import Terms
from policies.terms.overrides import apply_overrides
from policies.terms.recipients import account_desk, account_zone, recipient
from policies.terms.settlement import settle
from policies.terms.settlement_request import Settlement

_FACTS = "facts."


def settle_open_ticket(
    policy: SupportPolicy, contract: Contract, ticket: TicketFacts, received_at: datetime
) -> Settlement:
    """The terms of a ticket received at this UTC time, and the objections to its request.

    Facts that do not fit are left out, and their questions asked again. A kind or priority that
    does not exist is replaced by the policy's default; without a default there are no terms.
    OverridesRefused if the overrides of the contract do not fit the policy.
    """
    try:
        return Settlement(terms=settle(policy, contract, ticket, received_at))
    except RequestRefused as refused:
        first = refused
    fields = [objection.field for objection in first.objections]
    objections = tuple(objection.reason for objection in first.objections)
    dropped = tuple(f.removeprefix(_FACTS) for f in fields if f.startswith(_FACTS))
    mended = ticket.model_copy(
        update={
            "facts": {name: v for name, v in ticket.facts.items() if name not in dropped},
            **{d: None for d in (Dimension.KIND, Dimension.PRIORITY) if d in fields},
        }
    )
    try:
        terms = settle(policy, contract, mended, received_at, by_any_channel=True)
    except RequestRefused:
        return Settlement(objections=objections, desk=_desk(policy, contract, first.locale))
    return Settlement(
        terms=_asking_again(terms, policy, dropped), objections=objections, dropped=dropped
    )


def _asking_again(terms: Terms, policy: SupportPolicy, dropped: tuple[str, ...]) -> Terms:
    """The terms whose verdict waits for right values of these facts, unless it is a refusal."""
    again = {
        name: words_in(policy.facts[name].ask, terms.locale, policy.locale)
        for name in dropped
        if name in policy.facts and policy.facts[name].given_by == "request"
    }
    if not again or terms.verdict.refuses:
        return terms
    waiting = Verdict(
        decision=Decision.NEEDS_FACTS,
        clauses=terms.verdict.clauses,
        used=terms.verdict.used,
        missing=tuple(sorted({*terms.verdict.missing, *again})),
    )
    return terms.model_copy(update={"verdict": waiting, "asks": terms.asks | again})


def _desk(policy: SupportPolicy, contract: Contract, locale: str) -> Recipient | None:
    """The contact for tickets that nobody is assigned to."""
    policy = apply_overrides(policy, contract.overrides).policy
    contact = {**policy.contacts, **contract.contacts}.get(account_desk(policy, contract) or "")
    return recipient(contact, account_zone(policy, contract), locale) if contact else None
