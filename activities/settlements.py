"""The activity that settles terms: when a directory was down at opening, and again when facts
that coverage rests on have been given.
"""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.ports import ContractDirectory, ContractUnavailable, UnknownAccount
from policies.catalogue import Catalogue, UnknownPolicy
from policies.overrides import OverridesRefused
from policies.settlement import RequestRefused, TicketFacts, settle
from policies.settlement_request import Settlement, SettlementRequest


class Settlements:
    """Settles terms from the directory of contracts and the catalogue of policies."""

    def __init__(self, contracts: ContractDirectory, catalogue: Catalogue) -> None:
        self._contracts = contracts
        self._catalogue = catalogue

    @activity.defn
    async def settle_terms(self, request: SettlementRequest) -> Settlement:
        """Settle the terms of one ticket, as of its receipt. Fails, to be tried again, while the
        directory does not answer or no such policy is in force.
        """
        try:
            contract = await self._contracts.find(request.account)
            if request.revision is None:
                policy = self._catalogue.in_force(contract.policy, request.received_at)
            else:
                policy = self._catalogue.revision(contract.policy, request.revision)
            ticket = TicketFacts.model_validate(request.known)
            return Settlement(terms=settle(policy, contract, ticket, request.received_at))
        except UnknownAccount as error:
            return Settlement(objections=(str(error),))
        except RequestRefused as refused:
            return Settlement(
                objections=tuple(f"{o.field}: {o.reason}" for o in refused.objections)
            )
        except (ContractUnavailable, OverridesRefused, UnknownPolicy) as error:
            raise ApplicationError(str(error), type=type(error).__name__) from error
