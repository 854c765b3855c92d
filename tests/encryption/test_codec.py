"""Payloads are encrypted for one workflow, and nothing else passes as one."""

from pathlib import Path

import pytest
from temporalio.api.common.v1 import Payload

from encryption.codec import KEY_ID, EncryptionCodec
from encryption.errors import (
    DataKeyDestroyed,
    DataKeyUnknown,
    EncryptionError,
    MasterKeyMissing,
    Undecryptable,
)
from encryption.key_ring import SHARED
from encryption.known_keys import only_known
from encryption.plain_text import WORTHWHILE
from tests.encryption.keys import NEW, OLD, codec_of, payload, ring
from workflows.temporal.payload_converter import ENCRYPTED

ONE, OTHER = "ticket/0000-0000-0001", "ticket/0000-0000-0002"


def altered(sealed: Payload, data: bytes) -> Payload:
    return Payload(metadata=sealed.metadata, data=data)


def contents(directory: Path) -> bytes:
    return b"".join(file.read_bytes() for file in directory.iterdir())


@pytest.mark.fault(65)
@pytest.mark.parametrize("text", ["", "short", "long " * WORTHWHILE], ids=len)
async def test_what_was_encrypted_is_read_by_another_process(tmp_path: Path, text: str) -> None:
    plain = payload(text)
    [sealed] = await codec_of(ring(tmp_path), ONE).encode([plain])
    assert sealed.metadata["encoding"] == ENCRYPTED
    assert not text or text.encode() not in sealed.SerializeToString()
    assert await codec_of(ring(tmp_path), ONE).decode([sealed]) == [plain]


async def test_long_texts_are_compressed(tmp_path: Path) -> None:
    plain = payload("The editor stays blank. " * 100)
    [sealed] = await codec_of(ring(tmp_path), ONE).encode([plain])
    assert sealed.ByteSize() < plain.ByteSize() / 5


async def test_equal_payloads_have_different_ciphertexts(tmp_path: Path) -> None:
    first, second = await codec_of(ring(tmp_path), ONE).encode([payload(), payload()])
    assert first.data != second.data


async def test_each_workflow_has_a_key_of_its_own(tmp_path: Path) -> None:
    keys = ring(tmp_path)
    sealed = [(await codec_of(keys, id).encode([payload()]))[0] for id in (ONE, OTHER, ONE)]
    ids = [each.metadata[KEY_ID] for each in sealed]
    assert ids[0] == ids[2] != ids[1]


async def test_payloads_from_before_encryption_are_read_as_they_are(tmp_path: Path) -> None:
    codec = codec_of(ring(tmp_path), ONE)
    [sealed] = await codec.encode([payload("new")])
    assert await codec.decode([payload("old"), sealed]) == [payload("old"), payload("new")]


class TestRefused:
    async def test_a_payload_of_another_workflow(self, tmp_path: Path) -> None:
        keys = ring(tmp_path)
        [sealed] = await codec_of(keys, ONE).encode([payload()])
        with pytest.raises(Undecryptable, match=f"of {ONE} was moved to {OTHER}"):
            await codec_of(keys, OTHER).decode([sealed])

    async def test_a_ciphertext_under_the_key_id_of_another_workflow(self, tmp_path: Path) -> None:
        keys = ring(tmp_path)
        [sealed] = await codec_of(keys, ONE).encode([payload()])
        [other] = await codec_of(keys, OTHER).encode([payload()])
        with pytest.raises(Undecryptable, match="damaged, or was moved"):
            await codec_of(keys, OTHER).decode([altered(other, sealed.data)])

    @pytest.mark.parametrize("length", [0, 1, 12, 27])
    async def test_a_truncated_payload(self, tmp_path: Path, length: int) -> None:
        codec = codec_of(ring(tmp_path), ONE)
        [sealed] = await codec.encode([payload()])
        with pytest.raises(Undecryptable, match="truncated"):
            await codec.decode([altered(sealed, sealed.data[:length])])

    @pytest.mark.parametrize("at", [0, 11, 12, 28, -16, -1])
    async def test_a_payload_with_another_bit(self, tmp_path: Path, at: int) -> None:
        codec = codec_of(ring(tmp_path), ONE)
        [sealed] = await codec.encode([payload()])
        data = bytearray(sealed.data)
        data[at] ^= 1
        with pytest.raises(Undecryptable):
            await codec.decode([altered(sealed, bytes(data))])

    async def test_a_key_that_the_store_does_not_have(self, tmp_path: Path) -> None:
        [sealed] = await codec_of(ring(tmp_path / "one"), ONE).encode([payload()])
        with pytest.raises(DataKeyUnknown, match="all processes must use the store"):
            await codec_of(ring(tmp_path / "other"), ONE).decode([sealed])
        sealed.metadata[KEY_ID] = b"\xff"
        with pytest.raises(DataKeyUnknown):
            await codec_of(ring(tmp_path / "one"), ONE).decode([sealed])


class TestMasterKeys:
    async def test_a_master_key_that_is_missing_or_wrong_is_an_error(self, tmp_path: Path) -> None:
        [sealed] = await codec_of(ring(tmp_path), ONE).encode([payload()])
        with pytest.raises(MasterKeyMissing, match="'old', which is not in the file"):
            await codec_of(ring(tmp_path, new=NEW), ONE).decode([sealed])
        with pytest.raises(Undecryptable, match="its value differs"):
            await codec_of(ring(tmp_path, old=NEW), ONE).decode([sealed])
        for keys in (ring(tmp_path, new=NEW), ring(tmp_path, old=NEW)):
            with pytest.raises(EncryptionError):
                await keys.check()
        await ring(tmp_path).check()

    async def test_after_a_rotation_new_payloads_have_a_new_key_and_old_ones_are_read(
        self, tmp_path: Path
    ) -> None:
        [before] = await codec_of(ring(tmp_path), ONE).encode([payload()])
        rotated = codec_of(ring(tmp_path, new=NEW, old=OLD), ONE)
        [after] = await rotated.encode([payload()])
        assert before.metadata[KEY_ID] != after.metadata[KEY_ID]
        assert await rotated.decode([before, after]) == [payload(), payload()]

    async def test_processes_in_a_rotation_read_each_other(self, tmp_path: Path) -> None:
        behind = codec_of(ring(tmp_path, old=OLD, new=NEW), ONE)
        ahead = codec_of(ring(tmp_path, new=NEW, old=OLD), ONE)
        for writer, reader in ((behind, ahead), (ahead, behind), (behind, behind)):
            assert await reader.decode(await writer.encode([payload()])) == [payload()]

    async def test_after_rewrapping_the_old_master_key_is_not_needed(self, tmp_path: Path) -> None:
        sealed = [
            (await codec_of(ring(tmp_path), id).encode([payload()]))[0] for id in (ONE, OTHER)
        ]
        assert await ring(tmp_path, new=NEW, old=OLD).rewrap() == 2
        assert await ring(tmp_path, new=NEW, old=OLD).rewrap() == 0
        keys = ring(tmp_path, new=NEW)
        await keys.check()
        for id, each in zip((ONE, OTHER), sealed, strict=True):
            assert await codec_of(keys, id).decode([each]) == [payload()]


class TestDestroyedKeys:
    async def test_nothing_can_be_read_or_written_with_them(self, tmp_path: Path) -> None:
        keys = ring(tmp_path)
        [sealed] = await codec_of(keys, ONE).encode([payload()])
        [other] = await codec_of(keys, OTHER).encode([payload()])
        assert await ring(tmp_path).destroy(ONE) == 1
        for codec in (codec_of(ring(tmp_path), ONE), EncryptionCodec(ring(tmp_path))):
            with pytest.raises(DataKeyDestroyed, match=f"the data key of {ONE} was destroyed"):
                await codec.decode([sealed])
        for rotated in (ring(tmp_path), ring(tmp_path, new=NEW, old=OLD)):
            with pytest.raises(DataKeyDestroyed):
                await codec_of(rotated, ONE).encode([payload()])
        assert await codec_of(ring(tmp_path), OTHER).decode([other]) == [payload()]

    async def test_the_key_is_in_no_file_any_more(self, tmp_path: Path) -> None:
        keys = ring(tmp_path)
        await codec_of(keys, ONE).encode([payload()])
        [stored] = await keys._store.keys_of(ONE)
        assert stored.wrapped
        assert stored.wrapped in contents(tmp_path)
        await keys.destroy(ONE)
        assert stored.wrapped not in contents(tmp_path)

    async def test_a_workflow_without_keys_gets_none_afterwards(self, tmp_path: Path) -> None:
        keys = ring(tmp_path)
        assert await keys.destroy(ONE) == 0
        assert await keys.destroy(ONE) == 0
        with pytest.raises(DataKeyDestroyed):
            await codec_of(keys, ONE).encode([payload()])


class TestSharedKey:
    async def test_encrypts_what_belongs_to_no_workflow_and_is_read_by_all(
        self, tmp_path: Path
    ) -> None:
        [sealed] = await EncryptionCodec(ring(tmp_path)).encode([payload()])
        assert await codec_of(ring(tmp_path), ONE).decode([sealed]) == [payload()]

    async def test_requests_about_unknown_tickets_leave_no_key(self, tmp_path: Path) -> None:
        keys = ring(tmp_path)
        token = only_known.set(True)
        try:
            await codec_of(keys, ONE).encode([payload()])
        finally:
            only_known.reset(token)
        assert await keys._store.keys_of(ONE) == []
        assert len(await keys._store.keys_of(SHARED)) == 1
