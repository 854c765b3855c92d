"""Contracts over HTTP: signed, and cached for a while if the directory does not answer.

All tests use real connections to a real server on loopback.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from activities.adapters.contract_http import RETRY_AFTER, STALE, HttpContracts
from activities.adapters.contract_http_signed import MOST_BYTES
from activities.adapters.hmac_signatures import sign
from activities.ports import ContractUnavailable, UnknownAccount
from tests.activities.adapters.directory_server import ACME, SECRET, Directory, running

TTL = timedelta(seconds=60)


class Hands:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self._ahead

    def move(self, by: timedelta) -> None:
        self._ahead += by.total_seconds()


@pytest_asyncio.fixture(scope="module")
async def listening() -> AsyncIterator[Directory]:
    async with running(Directory()) as directory:
        yield directory


@pytest.fixture
def directory(listening: Directory, hands: Hands) -> Directory:
    """The running directory, reset."""
    signature = partial(signed_now, hands)
    vars(listening).update(vars(Directory(signature=signature, url=listening.url)))
    return listening


def signed_now(hands: "Hands", body: bytes) -> str:
    return sign(SECRET.encode(), body, int(hands()))


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def contracts(directory: Directory, hands: Hands) -> HttpContracts:
    return HttpContracts(
        directory.url, SECRET, timeout=timedelta(seconds=2), ttl=TTL, now=hands, steady=hands
    )


async def refusal(contracts: HttpContracts, account: str = "acme") -> str:
    with pytest.raises(ContractUnavailable) as caught:
        await contracts.find(account)
    assert account in str(caught.value)
    assert SECRET not in str(caught.value)
    return str(caught.value)


async def test_the_contract_of_an_account_comes_from_the_directory(
    contracts: HttpContracts, directory: Directory
) -> None:
    overrides = {"clocks.first_response.within": "1 business day"}
    directory.contract |= {"name": "Acme 🌊", "overrides": overrides}
    contract = await contracts.find("acme")
    assert (contract.account, contract.name) == ("acme", "Acme 🌊")
    assert contract.overrides == overrides
    assert directory.requests == ["/contracts/acme"]


async def test_a_contract_is_cached_for_its_ttl(
    contracts: HttpContracts, directory: Directory, hands: Hands
) -> None:
    first = await contracts.find("acme")
    hands.move(TTL - timedelta(seconds=5))
    assert await contracts.find("acme") is first
    hands.move(timedelta(seconds=5))
    directory.contract["name"] = "Acme Print"
    assert (await contracts.find("acme")).name == "Acme Print"
    assert len(directory.requests) == 2


@pytest.mark.fault(67)
@pytest.mark.parametrize("off", [timedelta(days=-1), timedelta(days=1)])
async def test_a_clock_that_is_set_makes_no_cached_contract_older_or_younger(
    directory: Directory, hands: Hands, off: timedelta
) -> None:
    steady = Hands()
    contracts = HttpContracts(directory.url, SECRET, ttl=TTL, now=hands, steady=steady)
    first = await contracts.find("acme")
    hands.move(off)
    assert await contracts.find("acme") is first
    assert len(directory.requests) == 1
    steady.move(TTL)
    # A clock that was set back makes the new answer older than the cached one.
    with suppress(ContractUnavailable):
        assert await contracts.find("acme") is not first
    assert len(directory.requests) == 2


async def test_concurrent_queries_are_one_request(
    contracts: HttpContracts, directory: Directory
) -> None:
    directory.delay = 0.05
    found = await asyncio.gather(*(contracts.find("acme") for _ in range(20)))
    assert len({id(contract) for contract in found}) == 1
    assert len(directory.requests) == 1


async def test_a_cancelled_query_cancels_no_other(
    contracts: HttpContracts, directory: Directory
) -> None:
    directory.delay = 0.1
    hasty = asyncio.create_task(contracts.find("acme"))
    patient = asyncio.create_task(contracts.find("acme"))
    await asyncio.sleep(0.01)
    hasty.cancel()
    assert (await patient).account == "acme"
    assert len(directory.requests) == 1


@pytest.mark.parametrize("account", ["", "../acme", "acme/x", "acme?x=1", "Acme", "acme\n", "é"])
async def test_an_invalid_account_is_never_requested(
    contracts: HttpContracts, directory: Directory, account: str
) -> None:
    with pytest.raises(UnknownAccount):
        await contracts.find(account)
    assert directory.requests == []


async def test_404_is_an_unknown_account_even_with_a_cached_contract(
    contracts: HttpContracts, directory: Directory, hands: Hands
) -> None:
    await contracts.find("acme")
    hands.move(TTL)
    directory.statuses = [404]
    with pytest.raises(UnknownAccount):
        await contracts.find("acme")
    directory.statuses = [500] * 3
    await refusal(contracts)


# --- failing directory: retries, then the cached contract -----------------------------------------


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_temporary_failure_is_retried(
    contracts: HttpContracts, directory: Directory, status: int
) -> None:
    directory.statuses = [status, status]
    assert (await contracts.find("acme")).account == "acme"
    assert len(directory.requests) == 3


async def test_three_attempts_are_made(contracts: HttpContracts, directory: Directory) -> None:
    directory.statuses = [500] * 9
    assert "answered 500" in await refusal(contracts)
    assert len(directory.requests) == 3


async def test_a_directory_that_is_down_is_reported() -> None:
    async with running(Directory()) as directory:
        contracts = HttpContracts(directory.url, SECRET)
    assert "cannot be reached" in await refusal(contracts)


async def test_a_slow_directory_times_out(directory: Directory) -> None:
    contracts = HttpContracts(directory.url, SECRET, timeout=timedelta(milliseconds=100))
    directory.delay = 3600
    assert "too long" in await refusal(contracts)


async def test_the_timeout_covers_a_slow_body(directory: Directory) -> None:
    contracts = HttpContracts(directory.url, SECRET, timeout=timedelta(milliseconds=1))
    directory.is_endless = True
    assert "too long" in await refusal(contracts)


@pytest.mark.parametrize("trouble", ["status", "slow"])
async def test_the_cached_contract_is_used_while_the_directory_fails(
    directory: Directory, hands: Hands, trouble: str
) -> None:
    contracts = HttpContracts(
        directory.url, SECRET, timeout=timedelta(seconds=0.5), ttl=TTL, now=hands, steady=hands
    )
    known = await contracts.find("acme")
    hands.move(STALE - timedelta(seconds=10))
    directory.statuses = [503] * 3 if trouble == "status" else []
    directory.delay = 1 if trouble == "slow" else 0
    assert await contracts.find("acme") is known


async def test_a_failing_directory_is_queried_every_few_seconds(
    contracts: HttpContracts, directory: Directory, hands: Hands
) -> None:
    known = await contracts.find("acme")
    hands.move(TTL)
    directory.statuses = [500] * 3
    assert await contracts.find("acme") is known
    before = len(directory.requests)
    assert await contracts.find("acme") is known
    assert len(directory.requests) == before
    hands.move(RETRY_AFTER)
    assert await contracts.find("acme") is not known


async def test_the_cached_contract_is_used_for_an_hour_at_most(
    contracts: HttpContracts, directory: Directory, hands: Hands
) -> None:
    await contracts.find("acme")
    hands.move(STALE + timedelta(seconds=1))
    directory.statuses = [500] * 3
    assert "answered 500" in await refusal(contracts)


# --- refused answers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"signature": lambda _: None}, "there is no Desk-Signature"),
        ({"signature": lambda _: "t=1,v1=2"}, "not of the form"),
        ({"signature": lambda body: sign(b"another", body, int(time.time()))}, "does not match"),
        ({"signature": lambda b: sign(SECRET.encode(), b + b" ", int(time.time()))}, "not match"),
        ({"signature": lambda b: sign(SECRET.encode(), b, int(time.time()) - 400)}, "seconds ago"),
        ({"signature": lambda b: sign(SECRET.encode(), b, int(time.time()) + 400)}, "seconds ago"),
        ({"contract": ACME | {"account": "salt"}}, "is the contract of 'salt'"),
        ({"contract": ACME | {"plam": "gold"}}, 'the key "plam" is unknown'),
        ({"contract": ACME | {"zone": "Mars/Olympus"}}, "not a known time zone"),
        ({"contract": []}, "not a valid contract"),
        ({"contract": None}, "not a valid contract"),
        ({"body": b""}, "not a valid contract"),
        ({"body": b"\xff{}"}, "not a valid contract"),
        ({"body": b"[" * 100_000}, "not a valid contract"),
        ({"body": b'{"account": "acme"'}, "not a valid contract"),
        ({"body": b" " * (MOST_BYTES + 1)}, "more than 262,144 bytes"),
        ({"is_endless": True}, "more than 262,144 bytes"),
        ({"headers": {"content-encoding": "gzip"}}, "encoded as gzip"),
        ({"statuses": [302], "headers": {"location": "/contracts/acme"}}, "answered 302"),
        ({"statuses": [204]}, "answered 204"),
        ({"statuses": [401]}, "answered 401"),
    ],
)
@pytest.mark.parametrize("is_known", [False, True])
async def test_an_invalid_answer_makes_the_account_unavailable(
    contracts: HttpContracts,
    directory: Directory,
    hands: Hands,
    change: dict[str, Any],
    reason: str,
    is_known: bool,
) -> None:
    if is_known:
        await contracts.find("acme")
        hands.move(TTL)
        if "signature" in change:
            hands.move(-TTL)
            contracts = HttpContracts(
                directory.url, SECRET, ttl=timedelta(0), now=hands, steady=hands
            )
            await contracts.find("acme")
    before = len(directory.requests)
    for name, value in change.items():
        setattr(directory, name, list(value) if name == "statuses" else value)
    assert reason in await refusal(contracts)
    assert len(directory.requests) == before + 1


async def test_an_answer_older_than_the_cached_contract_is_refused(
    contracts: HttpContracts, directory: Directory, hands: Hands
) -> None:
    old = json.dumps(ACME).encode()
    signature = sign(SECRET.encode(), old, int(hands()))
    hands.move(timedelta(seconds=2))
    directory.contract["name"] = "Acme Print"
    assert (await contracts.find("acme")).name == "Acme Print"
    hands.move(TTL)
    directory.body, directory.signature = old, lambda _: signature
    assert "older than the cached contract" in await refusal(contracts)


async def test_an_invalid_contract_affects_only_its_account(
    contracts: HttpContracts, directory: Directory
) -> None:
    await refusal(contracts, "salt")
    assert (await contracts.find("acme")).account == "acme"
