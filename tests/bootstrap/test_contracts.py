"""Contracts come from files, or over HTTP if an address is set."""

from pathlib import Path

import pytest
from pydantic import AnyHttpUrl, SecretStr

from activities.adapters.contract_files import ContractFiles
from activities.adapters.contract_http import HttpContracts
from bootstrap.contracts import contract_directory
from bootstrap.exit_codes import Failure
from commands.processes.api_process import check_directories
from settings import Settings
from tests.activities.adapters.directory_server import SECRET, Directory, running


async def test_contracts_are_files_unless_an_address_is_set() -> None:
    assert isinstance(contract_directory(Settings()), ContractFiles)


async def test_an_address_is_queried_with_its_secret(tmp_path: Path) -> None:
    async with running(Directory()) as directory:
        settings = Settings(
            contracts=tmp_path / "none",
            contracts_url=AnyHttpUrl(directory.url),
            contracts_secret=SecretStr(SECRET),
        )
        contracts = contract_directory(settings)
        assert isinstance(contracts, HttpContracts)
        assert (await contracts.find("acme")).name == "Acme Media"
        check_directories(settings)


def test_without_an_address_the_files_must_exist(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="DESK_CONTRACTS"):
        check_directories(Settings(contracts=tmp_path / "none"))
