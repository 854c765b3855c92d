"""The activity that settles terms: when a directory was down at opening, and again when facts
that coverage rests on have been given.
"""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.ports import ContractDirectory, ContractUnavailable, UnknownAccount
from policies.i18n.phrases import FALLBACK
from policies.i18n.request_texts import phrase
from policies.loading.policy_catalog import PolicyCatalog, UnknownPolicy
from policies.schema.request import TicketFacts
from policies.terms.admission import RequestRefused
from policies.terms.overrides import OverridesRefused
from policies.terms.settlement import settle
from policies.terms.settlement_request import Settlement, SettlementRequest


class Settlements:
    """Settles terms from the directory of contracts and the catalog of policies."""

    def __init__(self, contracts: ContractDirectory, catalog: PolicyCatalog) -> None:
        self._contracts = contracts
        self._catalog = catalog

    @activity.defn
    async def settle_terms(self, request: SettlementRequest) -> Settlement:
        """Settle the terms of one ticket, as of its receipt. Fails, to be tried again, while the
        directory does not answer or no such policy is in force.
        """
        try:
            contract = await self._contracts.find(request.account)
            if request.revision is None:
                policy = self._catalog.in_force(contract.policy, request.received_at)
            else:
                policy = self._catalog.revision(contract.policy, request.revision)
            ticket = TicketFacts.model_validate(request.known)
            return Settlement(terms=settle(policy, contract, ticket, request.received_at))
        except UnknownAccount:
            said = phrase(_locale(request), "account_unknown", account=request.account)
            return Settlement(objections=(said,))
        except RequestRefused as refused:
            return Settlement(objections=tuple(o.reason for o in refused.objections))
        except (ContractUnavailable, OverridesRefused, UnknownPolicy) as error:
            raise ApplicationError(str(error), type=type(error).__name__) from error


def _locale(request: SettlementRequest) -> str:
    """That of the requester, where there is no contract to name another."""
    asker = request.ticket.get("requester")
    locale = asker.get("locale") if isinstance(asker, dict) else None
    return locale if isinstance(locale, str) else FALLBACK
