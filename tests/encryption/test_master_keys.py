"""The file of master keys: only for its owner, and every fault is named."""

from base64 import b64encode
from pathlib import Path

import pytest

from encryption.errors import InvalidMasterKeys
from encryption.master_keys import MasterKeys, new_master_key

KEY = b64encode(bytes(range(32))).decode()


def load(directory: Path, text: str, mode: int = 0o400) -> MasterKeys:
    file = directory / "master-keys.json"
    file.write_text(text)
    file.chmod(mode)
    return MasterKeys.load(file)


def test_the_first_key_is_the_newest(tmp_path: Path) -> None:
    keys = load(tmp_path, f'{{"2026-12": "{KEY}", "2026-11": "{new_master_key()}"}}')
    assert keys.newest == "2026-12"
    assert keys.ids == {"2026-12", "2026-11"}


@pytest.mark.parametrize("mode", [0o644, 0o420, 0o404, 0o401, 0o602])
def test_a_file_that_others_may_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(InvalidMasterKeys, match=r"accessible to others .* chmod 400"):
        load(tmp_path, f'{{"a": "{KEY}"}}', mode)


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o440, 0o640])
def test_its_owner_and_group_may_read_it(tmp_path: Path, mode: int) -> None:
    assert load(tmp_path, f'{{"a": "{KEY}"}}', mode).newest == "a"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a JSON object of master keys"),
        ("{}", "not a JSON object of master keys"),
        ("[]", "not a JSON object of master keys"),
        ('["a"]', "not a JSON object of master keys"),
        ('{"a": {"b": "c"}}', "not a JSON object of master keys"),
        ('{"a": 1}', "not a JSON object of master keys"),
        ('{"a": "c2hvcnQ="}', "the key 'a' has 5 bytes instead of 32"),
        ('{"a": "not base64!"}', "the key 'a' is not base64"),
        (f'{{"a b": "{KEY}"}}', "'a b' is not an id"),
        (f'{{"a": "{KEY}", "a": "{KEY}"}}', "'a' appears twice"),
        ('{"a": "", "b": "?"}', "the key 'a' has 0 bytes .*; the key 'b' is not base64"),
    ],
)
def test_every_fault_is_named_with_its_file(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(InvalidMasterKeys, match=f"in .*master-keys.json: {reason}"):
        load(tmp_path, text)


def test_no_error_quotes_a_key(tmp_path: Path) -> None:
    with pytest.raises(InvalidMasterKeys) as caught:
        load(tmp_path, f'{{"a": "{KEY}", "a": "{KEY}x", "b": ["{KEY}"]}}')
    assert KEY not in str(caught.value)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidMasterKeys, match=r"cannot read .*: No such file"):
        MasterKeys.load(tmp_path / "none.json")
