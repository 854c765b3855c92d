"""Master keys in a key management service: its versions rotate, and its faults are named."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pytest
import pytest_asyncio

from encryption.adapters import transit_master_keys
from encryption.adapters.sqlite_key_store import SqliteKeyStore
from encryption.adapters.transit_master_keys import FRESH_SECONDS, TransitMasterKeys
from encryption.errors import (
    EncryptionError,
    MasterKeyMissing,
    MasterKeysUnavailable,
    Undecryptable,
)
from encryption.key_ring import KeyRing
from encryption.key_wrapper import KeyWrapper
from encryption.master_keys import KEY_BYTES
from tests.activities.adapters.http_servers import serving
from tests.encryption.adapters.transit_server import PATH, TransitServer
from tests.encryption.keys import OLD, codec_of, masters, payload, ring

pytestmark = pytest.mark.fault(65)
ONE, OTHER = "ticket/0000-0000-0001", "ticket/0000-0000-0002"
KEY = bytes(range(32))


@dataclass
class Scene:
    """The service, and the processes of a deployment that use it."""

    directory: Path
    service: TransitServer
    url: str
    opened: list[TransitMasterKeys] = field(default_factory=list)
    seconds: float = 0.0

    def write_token(self, token: str) -> None:
        (self.directory / "token").write_text(f"{token}\n")

    def wrapper(self, before: KeyWrapper | None = None) -> TransitMasterKeys:
        wrapper = TransitMasterKeys(
            self.url, self.directory / "token", before, now=lambda: self.seconds
        )
        self.opened.append(wrapper)
        return wrapper

    def ring(self, before: KeyWrapper | None = None) -> KeyRing:
        return KeyRing(SqliteKeyStore(self.directory / "data-keys.db"), self.wrapper(before))


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    service = TransitServer()
    async with serving(service) as address:
        scene = Scene(tmp_path, service, f"{address}{PATH}/keys/desk")
        scene.write_token(service.token)
        yield scene
        for wrapper in scene.opened:
            await wrapper.close()


async def test_what_one_process_encrypts_another_reads(scene: Scene) -> None:
    [sealed] = await codec_of(scene.ring(), ONE).encode([payload()])
    keys = scene.ring()
    await keys.check()
    assert await codec_of(keys, ONE).decode([sealed]) == [payload()]


async def test_no_unwrapped_data_key_is_stored_and_no_payload_leaves_the_process(
    scene: Scene,
) -> None:
    await codec_of(scene.ring(), ONE).encode([payload("Marmalade")])
    asked = [body for _, path, body in scene.service.requests if "/encrypt/" in path]
    [key] = [body["plaintext"] for body in asked]
    files = b"".join(file.read_bytes() for file in scene.directory.glob("data-keys*"))
    assert b"vault:v1:" in files
    assert base64.b64decode(key) not in files
    assert "Marmalade" not in str(scene.service.requests)


async def test_a_wrapped_key_does_not_pass_for_that_of_another_ticket(scene: Scene) -> None:
    wrapper = scene.wrapper()
    wrapped = await wrapper.wrap("transit:desk:1", KEY, b"one")
    assert await wrapper.unwrap("transit:desk:1", wrapped, b"one") == KEY
    with pytest.raises(Undecryptable, match="answered 400"):
        await wrapper.unwrap("transit:desk:1", wrapped, b"other")


async def test_a_new_version_is_used_within_a_minute_and_without_a_restart(scene: Scene) -> None:
    keys = scene.ring()
    await codec_of(keys, ONE).encode([payload()])
    scene.service.rotate()
    await codec_of(keys, OTHER).encode([payload()])
    scene.seconds += FRESH_SECONDS
    await codec_of(scene.ring(), ONE).encode([payload()])
    await codec_of(keys, f"{OTHER}-later").encode([payload()])
    store = SqliteKeyStore(scene.directory / "data-keys.db")
    made = {
        scope: {key.master for key in await store.keys_of(scope)}
        for scope in (ONE, OTHER, f"{OTHER}-later")
    }
    assert made == {
        ONE: {"transit:desk:1", "transit:desk:2"},
        OTHER: {"transit:desk:1"},
        f"{OTHER}-later": {"transit:desk:2"},
    }


async def test_after_rewrapping_an_old_version_can_be_removed(scene: Scene) -> None:
    [sealed] = await codec_of(scene.ring(), ONE).encode([payload()])
    scene.service.rotate()
    assert await scene.ring().rewrap() == 1
    scene.service.remove(1)
    keys = scene.ring()
    await keys.check()
    assert await codec_of(keys, ONE).decode([sealed]) == [payload()]


async def test_a_version_that_was_removed_too_early_is_named_at_the_start(scene: Scene) -> None:
    await codec_of(scene.ring(), ONE).encode([payload()])
    scene.service.rotate()
    scene.service.remove(1)
    with pytest.raises(Undecryptable, match=r"'transit:desk:1' wrapped.* version was removed"):
        await scene.ring().check()


async def test_the_master_keys_of_a_file_move_to_the_service(scene: Scene) -> None:
    in_file = ring(scene.directory)
    [sealed] = await codec_of(in_file, ONE).encode([payload()])
    with pytest.raises(MasterKeyMissing):
        await scene.ring().check()
    both = scene.ring(before=masters(old=OLD))
    [later] = await codec_of(both, ONE).encode([payload("later")])
    assert await codec_of(both, ONE).decode([sealed, later]) == [payload(), payload("later")]
    assert await both.rewrap() == 1
    alone = scene.ring()
    await alone.check()
    assert await codec_of(alone, ONE).decode([sealed, later]) == [payload(), payload("later")]


class TestFaults:
    @pytest.fixture(autouse=True)
    def _without_pauses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(transit_master_keys, "PAUSES", (0.0, 0.0))

    @pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
    async def test_a_service_that_is_busy_or_sealed_is_asked_again(
        self, scene: Scene, status: int
    ) -> None:
        scene.service.answers = [status, status]
        assert await scene.wrapper().current() == "transit:desk:1"
        scene.service.answers = [status] * 3
        with pytest.raises(MasterKeysUnavailable, match=f"answered {status}"):
            await scene.wrapper().current()
        assert len(scene.service.requests) == 6

    async def test_a_service_that_does_not_answer_is_given_up(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transit_master_keys, "SECONDS", 0.05)
        scene.service.answering.clear()
        with pytest.raises(MasterKeysUnavailable, match="cannot be reached: TimeoutError"):
            await scene.wrapper().current()
        scene.service.answering.set()

    async def test_a_service_that_is_gone_is_an_error_of_the_payload(self, tmp_path: Path) -> None:
        (tmp_path / "token").write_text("token")
        wrapper = TransitMasterKeys("http://127.0.0.1:9/v1/transit/keys/desk", tmp_path / "token")
        with pytest.raises(MasterKeysUnavailable, match="cannot be reached"):
            await codec_of(KeyRing(SqliteKeyStore(tmp_path / "db"), wrapper), ONE).encode(
                [payload()]
            )
        await wrapper.close()

    async def test_a_renewed_token_is_used_at_once(self, scene: Scene) -> None:
        wrapper = scene.wrapper()
        wrapped = await wrapper.wrap("transit:desk:1", KEY, b"")
        scene.service.token = "s.second"
        with pytest.raises(EncryptionError, match=r"answered 403: the token in .*token is not"):
            await wrapper.unwrap("transit:desk:1", wrapped, b"")
        scene.write_token("s.second")
        assert await wrapper.unwrap("transit:desk:1", wrapped, b"") == KEY

    @pytest.mark.parametrize("token", ["", "two words", "caf\u00e9"])
    async def test_a_file_without_a_token_is_named_and_not_sent(
        self, scene: Scene, token: str
    ) -> None:
        scene.write_token(token)
        with pytest.raises(EncryptionError, match=r"token"):
            await scene.wrapper().current()
        (scene.directory / "token").unlink()
        with pytest.raises(EncryptionError, match=r"cannot read the token .*: No such file"):
            await scene.wrapper().current()
        assert scene.service.requests == []

    async def test_no_redirect_takes_the_token_elsewhere(self, scene: Scene) -> None:
        scene.service.answers = [307]
        with pytest.raises(EncryptionError, match=r"service at http.* answered 307"):
            await scene.wrapper().current()

    @pytest.mark.parametrize("answer", [{}, {"data": []}, {"data": {"latest_version": "1"}}, []])
    async def test_an_answer_of_another_api_is_refused(self, scene: Scene, answer: object) -> None:
        with (
            mock.patch.object(TransitServer, "_answer", return_value=(200, answer)),
            pytest.raises(EncryptionError, match="key management service at http"),
        ):
            await scene.wrapper().current()

    async def test_what_is_not_a_data_key_is_refused(self, scene: Scene) -> None:
        with pytest.raises(EncryptionError, match="returned no data key"):
            await scene.wrapper().wrap("transit:desk:1", b"short", b"")

    async def test_a_key_that_the_service_wraps_wrongly_is_neither_stored_nor_used(
        self, scene: Scene
    ) -> None:
        [sealed] = await codec_of(scene.ring(), ONE).encode([payload()])
        scene.service.rotate()
        scene.service.replaced = bytes(KEY_BYTES)
        keys = scene.ring()
        with pytest.raises(EncryptionError, match="ciphertext of something else"):
            await codec_of(keys, OTHER).encode([payload()])
        with pytest.raises(EncryptionError, match="ciphertext of something else"):
            await keys.rewrap()
        assert await SqliteKeyStore(scene.directory / "data-keys.db").keys_of(OTHER) == []
        scene.service.replaced = None
        assert await codec_of(scene.ring(), ONE).decode([sealed]) == [payload()]

    @pytest.mark.parametrize(
        "url",
        ["ftp://h/keys/a", "https://h/v1/transit", "https://u@h/keys/a", "https://h/keys/../a"],
    )
    def test_only_the_url_of_a_key_is_taken(self, url: str) -> None:
        with pytest.raises(ValueError, match="not the URL of a key"):
            TransitMasterKeys(url, Path("token"))
