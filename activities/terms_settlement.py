"""The activity that settles the terms of a ticket: after an opening without contract, and again
when facts for the coverage decision have been given.
"""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.ports import ContractDirectory, ContractUnavailable, UnknownAccount
from policies.i18n.phrases import FALLBACK
from policies.i18n.request_texts import phrase
from policies.loading.policy_catalog import PolicyCatalog, UnknownPolicy
from policies.schema.request import TicketFacts
from policies.terms.late_settlement import settle_open_ticket
from policies.terms.overrides import OverridesRefused
from policies.terms.settlement_request import Settlement, SettlementRequest
from policies.terms.ticket_terms import Recipient


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
