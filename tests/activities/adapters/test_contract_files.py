"""Contracts from files: always current, and an invalid file affects only its account."""

import os
from pathlib import Path

import pytest

from activities.adapters.contract_files import ContractFiles
from activities.ports import ContractUnavailable, UnknownAccount

ACME = "account: acme\nname: {name}\npolicy: contently\n"


def write(directory: Path, name: str = "Acme Media", at: int = 1) -> Path:
    path = directory / "acme.yaml"
    path.write_text(ACME.format(name=name))
    os.utime(path, ns=(at, at))
    return path


async def test_the_contract_of_an_account_is_the_file_of_its_name(tmp_path: Path) -> None:
    write(tmp_path)
    contract = await ContractFiles(tmp_path).find("acme")
    assert (contract.account, contract.name) == ("acme", "Acme Media")


async def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    contracts = ContractFiles(tmp_path)
    write(tmp_path, at=1)
    first = await contracts.find("acme")
    assert await contracts.find("acme") is first
    write(tmp_path, name="Acme Print", at=2)
    assert (await contracts.find("acme")).name == "Acme Print"


@pytest.mark.parametrize(
    "account", ["nobody", "", "../acme", "/etc/passwd", "acme.yaml", "Acme", "acme\n", "a\x00"]
)
async def test_an_account_without_a_contract_is_unknown(tmp_path: Path, account: str) -> None:
    write(tmp_path)
    (tmp_path / "sub").mkdir()
    with pytest.raises(UnknownAccount):
        await ContractFiles(tmp_path / "sub").find(account)


@pytest.mark.parametrize("account", ["../acme", "acme\n"])
async def test_an_account_that_is_not_a_slug_is_unknown(tmp_path: Path, account: str) -> None:
    write(tmp_path)
    with pytest.raises(UnknownAccount):
        await ContractFiles(tmp_path).find(account)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("account: [", "broken.yaml:1"),
        ("account: broken\nname: B\npolicy: contently\nplam: gold\n", "plam"),
        ("", "broken.yaml"),
        ("account: acme\nname: Acme\npolicy: contently\n", "is the contract of 'acme'"),
    ],
)
async def test_a_broken_file_makes_only_its_own_account_unavailable(
    tmp_path: Path, text: str, reason: str
) -> None:
    write(tmp_path)
    (tmp_path / "broken.yaml").write_text(text)
    contracts = ContractFiles(tmp_path)
    with pytest.raises(ContractUnavailable, match=reason):
        await contracts.find("broken")
    assert (await contracts.find("acme")).account == "acme"


async def test_a_file_that_becomes_invalid_is_not_answered_from_the_cache(tmp_path: Path) -> None:
    contracts = ContractFiles(tmp_path)
    path = write(tmp_path)
    await contracts.find("acme")
    path.write_text("account: [")
    with pytest.raises(ContractUnavailable):
        await contracts.find("acme")
    path.unlink()
    with pytest.raises(UnknownAccount):
        await contracts.find("acme")
    write(tmp_path, at=3)
    assert (await contracts.find("acme")).account == "acme"


async def test_a_directory_in_place_of_a_file_makes_its_account_unavailable(
    tmp_path: Path,
) -> None:
    (tmp_path / "acme.yaml").mkdir()
    with pytest.raises(ContractUnavailable):
        await ContractFiles(tmp_path).find("acme")


async def test_the_contracts_under_a_policy_are_those_of_its_accounts_in_order(
    tmp_path: Path,
) -> None:
    for account, policy in (("oslo", "cention"), ("bergen", "cention"), ("acme", "contently")):
        text = f"{{account: {account}, name: Name, policy: {policy}}}"
        (tmp_path / f"{account}.yaml").write_text(text)
    under = await ContractFiles(tmp_path).under("cention")
    assert [contract.account for contract in under] == ["bergen", "oslo"]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("oslo", "{account: oslo}", "The contract of 'oslo' is unusable"),
        ("oslo", "{account: riga, name: Riga, policy: cention}", "is the contract of 'riga'"),
        ("Oslo", "{account: oslo, name: Oslo, policy: cention}", "not have the name of an account"),
    ],
)
async def test_an_invalid_file_that_might_be_under_the_policy_is_reported(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    (tmp_path / f"{name}.yaml").write_text(text)
    with pytest.raises(ContractUnavailable, match=reason):
        await ContractFiles(tmp_path).under("cention")


def write_accounts(directory: Path, **policies: str) -> ContractFiles:
    for account, policy in policies.items():
        text = f"{{account: {account}, name: {account.title()}, policy: {policy}}}\n"
        (directory / f"{account}.yaml").write_text(text)
    return ContractFiles(directory)


async def pages(contracts: ContractFiles, policy: str, most: int) -> list[tuple[str, ...]]:
    page = await contracts.page_under(policy, None, most)
    found = [page.accounts]
    while page.after is not None:
        page = await contracts.page_under(policy, page.after, most)
        found.append(page.accounts)
    return found


async def test_each_account_under_a_policy_is_on_one_page_and_an_unreadable_one_too(
    tmp_path: Path,
) -> None:
    contracts = write_accounts(tmp_path, d="one", a="one", c="two", e="one", f="one")
    (tmp_path / "b.yaml").write_text("account: [\n")
    assert await pages(contracts, "one", 2) == [("a", "b"), ("d", "e"), ("f",)]
    assert await pages(contracts, "two", 9) == [("b", "c")]


async def test_a_page_reads_a_limited_number_of_files(tmp_path: Path) -> None:
    write_accounts(tmp_path, a="one", b="one", c="one", d="two", e="one")
    contracts = ContractFiles(tmp_path, most_read=2)
    assert await pages(contracts, "two", 9) == [(), ("d",), ()]
