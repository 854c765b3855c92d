"""The accounts that `desk announce` is about: all under the policy, or the one that was named."""

import typer

from activities.ports import ContractRegister, ContractUnavailable, UnknownAccount
from bootstrap.exit_codes import ExitCode, Failure
from policies.schema.contract import Contract


async def contracts_of(
    contracts: ContractRegister, policy: str, account: str | None
) -> tuple[Contract, ...]:
    """The contract of this account, else those of all accounts under the policy.

    Raises BadParameter if the account is not under the policy, Failure if a contract cannot be
    read.
    """
    try:
        if account is None:
            return await contracts.under(policy)
        contract = await contracts.find(account)
    except UnknownAccount as error:
        raise _usage(str(error)) from None
    except ContractUnavailable as error:
        raise Failure(ExitCode.FAILED, str(error)) from None
    if contract.policy != policy:
        raise _usage(f"{account} is under {contract.policy}, not {policy}")
    return (contract,)


def _usage(message: str) -> typer.BadParameter:
    return typer.BadParameter(message, param_hint="'--account'")
