"""The accounts under a policy, listed by a directory over real HTTP in pages of results."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from activities.adapters.contract_http import HttpContracts
from activities.adapters.hmac_signatures import sign
from activities.ports import ContractUnavailable
from tests.activities.adapters.directory_server import SECRET, Directory, running

FIVE = ["a-1", "bergen", "malmo", "oslo", "riga"]


@pytest_asyncio.fixture
async def directory() -> AsyncIterator[Directory]:
    async with running(Directory(listed=list(FIVE))) as directory:
        yield directory


@pytest.fixture
def contracts(directory: Directory) -> HttpContracts:
    return HttpContracts(directory.url, SECRET, timeout=timedelta(seconds=2))


async def accounts_under(contracts: HttpContracts, policy: str = "contently") -> list[str]:
    return [contract.account for contract in await contracts.under(policy)]


async def refusal(contracts: HttpContracts) -> str:
    with pytest.raises(ContractUnavailable) as caught:
        await contracts.under("contently")
    assert SECRET not in str(caught.value)
    return str(caught.value)


async def test_every_account_is_listed_once_over_all_pages(
    contracts: HttpContracts, directory: Directory
) -> None:
    assert await accounts_under(contracts) == FIVE
    assert [request for request in directory.requests if "?" in request] == [
        "/contracts?policy=contently",
        "/contracts?policy=contently&after=bergen",
        "/contracts?policy=contently&after=oslo",
    ]


@pytest.mark.parametrize("most", [1, 2, 9])
async def test_a_page_begins_after_an_account_and_each_account_is_on_one_page(
    contracts: HttpContracts, directory: Directory, most: int
) -> None:
    page = await contracts.page_under("contently", None, most)
    found = [*page.accounts]
    while page.after is not None:
        page = await contracts.page_under("contently", page.after, most)
        assert len(page.accounts) <= most
        found += page.accounts
    assert found == FIVE
    directory.statuses = [403]
    with pytest.raises(ContractUnavailable, match="unusable"):
        await contracts.page_under("contently", None, most)


@pytest.mark.parametrize("accounts", [[], ["oslo"], ["bergen", "oslo"]])
async def test_a_list_of_one_page_is_one_request(
    contracts: HttpContracts, directory: Directory, accounts: list[str]
) -> None:
    directory.listed = accounts
    assert await accounts_under(contracts) == accounts
    assert directory.requests[0] == "/contracts?policy=contently"
    assert len(directory.requests) == 1 + len(accounts)


async def test_an_account_can_have_the_name_of_a_query_parameter(
    contracts: HttpContracts, directory: Directory
) -> None:
    directory.listed = ["accounts", "policy"]
    assert await accounts_under(contracts) == ["accounts", "policy"]
    assert (await contracts.find("accounts")).account == "accounts"


async def test_unknown_keys_of_a_page_are_ignored(
    contracts: HttpContracts, directory: Directory
) -> None:
    directory.page = {"total": 5}
    assert await accounts_under(contracts) == FIVE


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_temporary_failure_is_retried(
    contracts: HttpContracts, directory: Directory, status: int
) -> None:
    directory.statuses = [status, status]
    assert await accounts_under(contracts) == FIVE


async def test_a_directory_that_keeps_failing_is_reported(
    contracts: HttpContracts, directory: Directory
) -> None:
    directory.statuses = [503] * 3
    assert "accounts under 'contently' is unusable: the directory answered 503" in await refusal(
        contracts
    )


async def test_a_slow_directory_times_out(directory: Directory) -> None:
    directory.delay = 30
    hasty = HttpContracts(directory.url, SECRET, timeout=timedelta(seconds=0.2))
    assert "too long" in await refusal(hasty)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"signature": lambda _: None}, "there is no Desk-Signature"),
        ({"signature": lambda body: sign(b"another", body, int(time.time()))}, "does not match"),
        ({"signature": lambda b: sign(SECRET.encode(), b, int(time.time()) - 400)}, "seconds ago"),
        ({"statuses": [404]}, "lists no accounts: it answered 404"),
        ({"statuses": [401]}, "answered 401"),
        ({"statuses": [302], "headers": {"location": "/contracts"}}, "answered 302"),
        ({"page": {"policy": "cention"}}, "the page of 'cention' after None"),
        ({"page": {"after": "aarhus"}}, "the page of 'contently' after 'aarhus'"),
        ({"page": {"accounts": ["oslo", "bergen"]}}, "'bergen' is listed after 'oslo'"),
        ({"page": {"accounts": ["oslo", "oslo"]}}, "'oslo' is listed after 'oslo'"),
        ({"page": {"accounts": [], "more": True}}, "the page is empty, but has more: true"),
        ({"page": {"accounts": ["../oslo"]}}, "accounts.0"),
        ({"page": {"accounts": "oslo"}}, "accounts"),
        ({"page": {"more": "yes"}}, "more"),
        ({"body": b"[]"}, "not a page of accounts"),
        ({"body": b"\xff{}"}, "not a page of accounts"),
        ({"body": b"[" * 100_000}, "not a page of accounts"),
        ({"is_endless": True}, "more than 262,144 bytes"),
    ],
)
async def test_an_invalid_page_is_refused(
    contracts: HttpContracts, directory: Directory, change: dict[str, Any], reason: str
) -> None:
    for name, value in change.items():
        setattr(directory, name, value)
    assert reason in await refusal(contracts)


async def test_a_page_cannot_be_replayed_for_another_query(
    contracts: HttpContracts, directory: Directory
) -> None:
    first = {"policy": "contently", "after": None, "accounts": ["a-1", "bergen"], "more": True}
    directory.page = first
    assert "the page of 'contently' after None" in await refusal(contracts)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"policy": "cention"}, "listed under 'contently', but is under 'cention'"),
        ({"plam": "gold"}, 'the key "plam" is unknown'),
    ],
)
async def test_an_invalid_contract_of_a_listed_account_is_reported(
    contracts: HttpContracts, directory: Directory, change: dict[str, str], reason: str
) -> None:
    directory.contract |= change
    assert reason in await refusal(contracts)


async def test_a_listed_account_without_contract_is_reported(
    contracts: HttpContracts, directory: Directory
) -> None:
    directory.listed = ["oslo"]
    directory.statuses = [200, 404]
    assert (
        "The contract of 'oslo' is unusable: the account is listed, but has none"
        in await refusal(contracts)
    )
