"""A file of identities follows its changes, and a mistake in it changes nothing."""

import os
from pathlib import Path

import pytest

from api.identity.static_tokens import StaticTokens, parse_tokens
from api.identity.watched_file import INTERVAL, LARGEST, WatchedFile

SECONDS_TO_TAKE_EFFECT = 5
ADA, BO = '{"id": "ada", "role": "agent"}', '{"id": "bo", "role": "agent"}'


class Watched:
    """A tokens file, and the tokens that are accepted by it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.tokens = StaticTokens({})
        self.watched = WatchedFile(file, "DESK_TOKENS_FILE", parse_tokens, self.tokens.replace)

    async def accepts(self, *tokens: str, content: str | None = None) -> list[bool]:
        """Which tokens are accepted once the file has been read with this content."""
        if content is not None:
            self.file.write_text(content, encoding="utf-8")
        await self.watched.read()
        return [await self.tokens.authenticate(token) is not None for token in tokens]


@pytest.fixture
async def watched(tmp_path: Path) -> Watched:
    found = Watched(tmp_path / "tokens.json")
    assert await found.accepts("one", "two", content=f'{{"one": {ADA}, "two": {BO}}}') == [True] * 2
    return found


async def test_a_token_that_is_removed_is_refused_and_a_new_one_accepted(watched: Watched) -> None:
    assert await watched.accepts("one", "two", "three", content=f'{{"three": {ADA}}}') == [
        False,
        False,
        True,
    ]
    assert await watched.accepts("three", content="{}") == [False]
    assert watched.watched.problem is None
    assert 2 * INTERVAL.total_seconds() < SECONDS_TO_TAKE_EFFECT


async def test_a_change_is_seen_whatever_the_time_of_the_file_says(watched: Watched) -> None:
    before = watched.file.stat()
    watched.file.write_text(f'{{"oen": {ADA}, "two": {BO}}}', encoding="utf-8")
    os.utime(watched.file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert await watched.accepts("one", "oen") == [False, True]


async def test_a_broken_file_keeps_the_last_valid_tokens_and_is_reported(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    for broken in ('{"secret": ', '{"secret": {"id": "x"}}', "[]", "[" * 100_000):
        assert await watched.accepts("one", "secret", content=broken) == [True, False]
        assert watched.watched.problem == (
            "the file of DESK_TOKENS_FILE is not valid; its last valid content is in use"
        )
    watched.file.write_bytes(b'{"\xff\xfesecret": 1}')
    assert await watched.accepts("one") == [True]
    watched.file.unlink()
    assert await watched.accepts("one") == [True]
    assert "cannot be read: No such file" in str(watched.watched.problem)
    assert "secret" not in caplog.text
    assert str(watched.file) not in str(watched.watched.problem)
    assert await watched.accepts("one", "two", content=f'{{"two": {BO}}}') == [False, True]
    assert watched.watched.problem is None


async def test_what_stays_wrong_is_logged_once(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    for content in ("[]", None, None):
        await watched.accepts(content=content)
    watched.file.unlink()
    for _ in range(3):
        await watched.accepts()
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


async def test_a_pipe_a_device_and_an_endless_file_are_refused_and_end_nothing(
    watched: Watched,
) -> None:
    replaced = watched.file
    pipe, huge = replaced.with_name("pipe"), replaced.with_name("huge")
    os.mkfifo(pipe)
    huge.touch()
    os.truncate(huge, LARGEST + 1)
    for target in (pipe, Path("/dev/zero"), huge):
        replaced.unlink()
        replaced.symlink_to(target)
        assert await watched.accepts("one") == [True]
        assert "cannot be read" in str(watched.watched.problem)
    replaced.unlink()
    assert await watched.accepts("one", "two", content=f'{{"two": {BO}}}') == [False, True]
    assert watched.watched.problem is None
