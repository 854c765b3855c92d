"""The source of contracts: files, or a directory over HTTP."""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from activities.ports import ContractRegister
    from settings import Settings


def contract_directory(settings: "Settings") -> "ContractRegister":
    """The directory over HTTP if one is configured, else the contract files."""
    if settings.contracts_url is None or settings.contracts_secret is None:
        from activities.adapters.contract_files import ContractFiles

        return ContractFiles(settings.contracts)
    from activities.adapters.contract_http import HttpContracts

    return HttpContracts(
        str(settings.contracts_url),
        settings.contracts_secret.get_secret_value(),
        timeout=timedelta(seconds=settings.contracts_timeout_seconds),
        ttl=timedelta(seconds=settings.contracts_ttl_seconds),
    )
