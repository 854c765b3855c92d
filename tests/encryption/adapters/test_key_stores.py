"""What every key store guarantees, by the port, whatever the database."""

import asyncio
import sys
from subprocess import PIPE

import pytest

from encryption.codec import EncryptionCodec
from encryption.errors import DataKeyDestroyed
from encryption.key_ring import KeyRing
from encryption.stored_key import KeyStore, StoredKey
from settings import ROOT
from tests.encryption.adapters.conftest import Open
from tests.encryption.keys import NEW, OLD, codec_of, masters, payload

ONE, OTHER = "ticket/0000-0000-0001", "account/harbour-media"
MAKER = """
import asyncio, sys
from bootstrap.encryption import key_store
from encryption.stored_key import StoredKey

async def main(address, process):
    store = key_store(address)
    for at in range(40):
        key = StoredKey(f"{process}-{at}", f"ticket/{at}", "old", "old", process.encode())
        print((await store.add(key)).id)

asyncio.run(main(*sys.argv[1:]))
"""


def key(id: str = "one", scope: str = ONE, generation: str = "old") -> StoredKey:
    return StoredKey(id, scope, generation, generation, f"wrapped {id}".encode())


async def wrapped_by_others(store: KeyStore, master: str) -> list[StoredKey]:
    return [each async for each in store.not_wrapped_by(master)]


async def test_a_key_is_found_by_id_and_by_scope_in_every_process(open_store: Open) -> None:
    assert await open_store().add(key()) == key()
    other = open_store()
    assert await other.find("one") == key()
    assert await other.keys_of(ONE) == [key()]
    assert await other.find("two") is None
    assert await other.keys_of(OTHER) == []


async def test_a_scope_has_one_key_for_each_generation(open_store: Open) -> None:
    store = open_store()
    assert await store.add(key("one")) == key("one")
    assert await open_store().add(key("two")) == key("one")
    assert await store.add(key("three", generation="new")) == key("three", generation="new")
    assert {each.id for each in await store.keys_of(ONE)} == {"one", "three"}


@pytest.mark.fault(65)
async def test_two_processes_that_make_keys_at_once_get_the_same_ones(address: str) -> None:
    makers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", MAKER, address, process, cwd=ROOT, stdout=PIPE, stderr=PIPE
        )
        for process in ("a", "b")
    ]
    printed = [await maker.communicate() for maker in makers]
    assert [maker.returncode for maker in makers] == [0, 0], printed
    first, second = (out.split() for out, _ in printed)
    assert len(first) == 40
    assert first == second


async def test_processes_in_different_generations_at_once_each_get_their_own(
    open_store: Open,
) -> None:
    stores = [open_store() for _ in range(6)]
    made = [
        store.add(key(f"{at}", generation="old" if at % 2 else "new"))
        for at, store in enumerate(stores)
    ]
    found = await asyncio.gather(*made)
    assert len({each.id for each in found}) == 2
    assert len(await stores[0].keys_of(ONE)) == 2


async def test_what_is_destroyed_stays_destroyed_and_gets_no_new_key(open_store: Open) -> None:
    store = open_store()
    await store.add(key("one"))
    await store.add(key("two", generation="new"))
    await store.add(key("other", OTHER))
    assert await open_store().destroy(ONE) == 2
    assert await store.destroy(ONE) == 0
    assert all(each.is_destroyed for each in await store.keys_of(ONE))
    assert (await store.add(key("three", generation="newer"))).is_destroyed
    assert len(await store.keys_of(ONE)) == 2
    assert await store.find("other") == key("other", OTHER)


async def test_a_scope_without_keys_can_be_destroyed_beforehand(open_store: Open) -> None:
    store = open_store()
    assert await store.destroy(ONE) == 0
    assert await store.destroy(ONE) == 0
    assert (await open_store().add(key())).is_destroyed


async def test_no_key_survives_a_destruction_that_it_races_with(open_store: Open) -> None:
    one, other = open_store(), open_store()
    for at in range(30):
        scope = f"ticket/{at}"
        added, _ = await asyncio.gather(one.add(key(f"{at}", scope)), other.destroy(scope))
        assert all(each.is_destroyed for each in await one.keys_of(scope)), added


async def test_a_rewrapping_that_races_with_a_destruction_brings_no_key_back(
    open_store: Open,
) -> None:
    one, other = open_store(), open_store()
    for at in range(30):
        scope = f"ticket/{at}"
        stored = await one.add(key(f"{at}", scope))
        rewrapped = stored.wrapped_by("new", b"wrapped again")
        first, second = one.rewrap(rewrapped), other.destroy(scope)
        await asyncio.gather(*((first, second) if at % 2 else (second, first)))
        await one.rewrap(rewrapped)
        assert [each.is_destroyed for each in await one.keys_of(scope)] == [True]


async def test_keys_of_another_master_are_listed_without_destroyed_ones_and_beyond_a_page(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    for at in range(7):
        await store.add(key(f"{at}", f"ticket/{at}", "new" if at == 3 else "old"))
    await store.destroy("ticket/5")
    monkeypatch.setattr(f"{type(store).__module__}.PAGE", 2)
    assert [each.id for each in await wrapped_by_others(store, "new")] == ["0", "1", "2", "4", "6"]
    found = await store.one_of_each_master()
    assert sorted(each.master for each in found) == ["new", "old"]


async def test_a_whole_rotation_and_a_destruction_work_on_the_store(open_store: Open) -> None:
    old = KeyRing(open_store(), masters(old=OLD))
    both = KeyRing(open_store(), masters(new=NEW, old=OLD))
    sealed = [(await codec_of(old, id).encode([payload(id)]))[0] for id in (ONE, OTHER)]
    sealed += await codec_of(both, ONE).encode([payload("after")])
    assert await both.rewrap() == 2
    new = KeyRing(open_store(), masters(new=NEW))
    await new.check()
    plain = await EncryptionCodec(new).decode(sealed)
    assert plain == [payload(ONE), payload(OTHER), payload("after")]
    assert await new.destroy(ONE) == 2
    with pytest.raises(DataKeyDestroyed):
        await EncryptionCodec(new).decode(sealed[:1])
