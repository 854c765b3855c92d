"""The script that makes certificates: safe to repeat, keys for their owners, authorities apart."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest

from tests.deploy.certificates import make, run_make
from tests.tools import tool

PARTIES = {"temporal", "temporal-ui", "ui-login", "setup", "worker", "api"}


def openssl(*arguments: object) -> str:
    done = subprocess.run(
        [str(tool("openssl", "openssl")), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def contents(directory: Path) -> dict[str, bytes]:
    files = (path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Certificates of every party, and of a backend. Not to be changed."""
    directory = tmp_path_factory.mktemp("made") / "certificates"
    make(directory, "--client", "billing")
    before = contents(directory)
    yield directory
    assert contents(directory) == before


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    directory = tmp_path / "certificates"
    for name, content in contents(made).items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return directory


def test_every_party_gets_a_key_of_its_own_a_certificate_and_what_it_trusts(made: Path) -> None:
    for party in PARTIES | {"billing"}:
        files = {path.name for path in (made / party).iterdir()}
        assert files >= {"ca.crt", "tls.crt", "tls.key"}, party
    keys = {path.read_bytes() for path in made.rglob("*.key")}
    assert len(keys) == len(PARTIES) + 3


def test_keys_are_readable_by_their_owner_only(made: Path) -> None:
    for path in made.rglob("*"):
        private = path.is_dir() or path.suffix == ".key"
        assert S_IMODE(path.stat().st_mode) & (0o077 if private else 0o033) == 0, path
    assert S_IMODE(made.stat().st_mode) == 0o700
    assert not list(made.glob(".making*"))


def test_a_second_run_changes_nothing(copy: Path) -> None:
    before = contents(copy)
    assert make(copy) == []
    assert contents(copy) == before


@pytest.mark.parametrize(
    ("party", "authority", "usages"),
    [
        ("temporal", "cluster", {"sslserver", "sslclient"}),
        ("ui-login", "cluster", {"sslserver"}),
        ("worker", "clients", {"sslclient"}),
        ("billing", "clients", {"sslclient"}),
    ],
)
def test_a_certificate_serves_its_purpose_and_no_other(
    made: Path, party: str, authority: str, usages: set[str]
) -> None:
    certificate = made / party / "tls.crt"
    for name in ("cluster", "clients"):
        ca = made / "authorities" / f"{name}.crt"
        fits = {
            usage
            for usage in ("sslserver", "sslclient")
            if openssl("verify", "-CAfile", ca, "-purpose", usage, certificate).endswith(": OK\n")
        }
        assert fits == (usages if name == authority else set())


def test_what_a_party_trusts_is_the_authority_of_the_other_side(made: Path) -> None:
    cluster, clients = (
        (made / "authorities" / f"{name}.crt").read_bytes() for name in ("cluster", "clients")
    )
    assert all((made / party / "ca.crt").read_bytes() == cluster for party in PARTIES)
    assert (made / "temporal" / "clients-ca.crt").read_bytes() == clients


def test_the_login_of_the_ui_has_the_name_that_browsers_use(copy: Path) -> None:
    assert make(copy, UI_DOMAIN="tickets.desk.example") == ["made a certificate for ui-login"]
    names = openssl("x509", "-in", copy / "ui-login/tls.crt", "-noout", "-ext", "subjectAltName")
    assert names.endswith("DNS:tickets.desk.example\n")
    # A renewal keeps it.
    assert make(copy) == []


def test_a_certificate_is_renewed_before_it_expires(copy: Path) -> None:
    expiring, key = copy / "worker" / "tls.crt", copy / "worker" / "tls.key"
    authority = copy / "authorities"
    request = copy / "request"
    openssl("req", "-new", "-key", key, "-subj", "/CN=worker", "-out", request)
    openssl(
        *("x509", "-req", "-in", request, "-days", 59, "-out", expiring),
        *("-CA", authority / "clients.crt", "-CAkey", authority / "clients.key"),
    )
    due = run_make(copy, "--check")
    assert due.returncode == 1
    assert [line for line in due.stdout.splitlines() if "due" in line] == [
        line for line in due.stdout.splitlines() if "worker" in line
    ]
    assert make(copy) == ["made a certificate for worker"]
    assert run_make(copy, "--check").returncode == 0


def test_a_new_authority_ends_every_certificate_of_the_old_one(copy: Path) -> None:
    old = copy / "api" / "tls.crt"
    before = old.read_bytes()
    for path in (copy / "authorities").glob("clients.*"):
        path.unlink()
    made = make(copy)
    assert made[0] == "made the authority of clients"
    assert {line.rpartition(" ")[2] for line in made[1:]} == (
        PARTIES - {"temporal", "ui-login"} | {"billing"}
    )
    trusted = copy / "temporal" / "clients-ca.crt"
    assert trusted.read_bytes() == (copy / "authorities" / "clients.crt").read_bytes()
    assert openssl("verify", "-CAfile", trusted, old).endswith(": OK\n")
    old.write_bytes(before)
    assert "error" in openssl("verify", "-CAfile", trusted, old)


def test_an_authority_without_its_key_is_not_replaced_in_silence(copy: Path) -> None:
    (copy / "authorities" / "cluster.key").unlink()
    before = contents(copy)
    done = run_make(copy, "--renew")
    assert done.returncode == 2
    assert "cluster.key is missing: put it back" in done.stderr
    assert contents(copy) == before


def test_a_key_that_does_not_belong_to_its_certificate_is_made_again(copy: Path) -> None:
    (copy / "api" / "tls.key").write_bytes((copy / "worker" / "tls.key").read_bytes())
    assert make(copy) == ["made a certificate for api"]


@pytest.mark.parametrize("name", ["", "../elsewhere", "authorities", "temporal", "-x", "A B"])
def test_a_name_that_is_no_client_is_refused(tmp_path: Path, name: str) -> None:
    done = run_make(tmp_path / "certificates", "--client", name)
    assert done.returncode == 2
    assert "client" in done.stderr
    assert not (tmp_path / "certificates").exists()
