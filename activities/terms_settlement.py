"""Settling the terms of a ticket: at its opening, after an opening without contract, and again when
facts for the coverage decision have been given.
"""

import logging
from datetime import datetime

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.ports import ContractDirectory, ContractUnavailable, UnknownAccount
from policies.coverage.stated_facts import Objection
from policies.i18n.phrases import FALLBACK
from policies.i18n.request_texts import phrase
from policies.loading.policy_catalog import PolicyCatalog, UnknownPolicy
from policies.schema.request import TicketFacts
from policies.terms.admission import RequestRefused
from policies.terms.late_settlement import settle_open_ticket
from policies.terms.model.recipient import Recipient
from policies.terms.model.ticket_terms import Terms
from policies.terms.overrides import OverridesRefused
from policies.terms.settlement import settle, unsettled_terms
from policies.terms.settlement_request import Admission, Settlement, SettlementRequest

logger = logging.getLogger(__name__)


async def opening_terms(
    contracts: ContractDirectory,
    catalog: PolicyCatalog,
    account: str,
    ticket: TicketFacts,
    received_at: datetime,
) -> Terms:
    """The terms of a ticket that is about to open, over HTTP or over Temporal.

    RequestRefused if the policy does not accept the request, UnknownAccount without a contract.
    While the contract or its policy cannot be used, the ticket opens all the same, with provisional
    terms: its own are settled later, as of its receipt.
    """
    try:
        contract = await contracts.find(account)
        policy = catalog.in_force(contract.policy, received_at)
        return settle(policy, contract, ticket, received_at)
    except (ContractUnavailable, OverridesRefused, UnknownPolicy) as error:
        logger.warning(
            "terms of a ticket of account %s will be settled later: %s",
            account,
            error,
            extra={"account": account},
        )
        return unsettled_terms(account, ticket, received_at)


class Settlements:
    """Settles terms from the contract directory and the policy catalog."""

    def __init__(
        self, contracts: ContractDirectory, catalog: PolicyCatalog, desk: Recipient | None = None
    ) -> None:
        """`desk` is notified of a ticket whose account is unknown, and so its policy."""
        self._contracts = contracts
        self._catalog = catalog
        self._desk = desk

    @activity.defn
    async def admit(self, request: SettlementRequest) -> Admission:
        """Settles the terms of a ticket that a Temporal client opens, or refuses it."""
        ticket = TicketFacts.model_validate(request.ticket)
        try:
            terms = await opening_terms(
                self._contracts, self._catalog, request.account, ticket, request.received_at
            )
        except RequestRefused as refused:
            return Admission(
                refused_as=RequestRefused.__name__,
                objections=tuple(refused.objections),
                locale=refused.locale,
            )
        except UnknownAccount:
            locale = _locale(request)
            reason = phrase(locale, "account_unknown", account=request.account)
            return Admission(
                refused_as=UnknownAccount.__name__,
                objections=(Objection("account", reason),),
                locale=locale,
            )
        return Admission(terms=terms)

    @activity.defn
    async def settle_terms(self, request: SettlementRequest) -> Settlement:
        """Settles the terms of one ticket as of its receipt.

        Fails, so that Temporal retries, while the contract cannot be read or its policy is not in
        the catalog.
        """
        try:
            contract = await self._contracts.find(request.account)
            if request.revision is None:
                policy = self._catalog.in_force(contract.policy, request.received_at)
            else:
                policy = self._catalog.revision(contract.policy, request.revision)
            ticket = TicketFacts.model_validate(request.with_facts)
            return settle_open_ticket(policy, contract, ticket, request.received_at)
        except UnknownAccount:
            objection = phrase(_locale(request), "account_unknown", account=request.account)
            return Settlement(objections=(objection,), desk=self._desk)
        except (ContractUnavailable, OverridesRefused, UnknownPolicy) as error:
            raise ApplicationError(str(error), type=type(error).__name__) from error


def _locale(request: SettlementRequest) -> str:
    """The locale of the requester, since there is no contract with another one."""
    requester = request.ticket.get("requester")
    locale = requester.get("locale") if isinstance(requester, dict) else None
    return locale if isinstance(locale, str) else FALLBACK
