"""Settings: read from the environment, errors name the variable, secrets never appear."""

import ast
import json
import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

import settings as module
from api.identity.static_tokens import TokenActor
from bootstrap.setting_types import MailTls, is_loopback
from bootstrap.settings_errors import explain_settings_error
from policies.vocabulary import Role
from settings import Settings

TOKEN = "a-token-nobody-may-ever-see"
AGENT = {"id": "ada", "role": "agent"}


@pytest.fixture(autouse=True)
def _no_ambient_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.upper().startswith("DESK_"):
            monkeypatch.delenv(name)


def refusal(**given: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Settings(**given)
    return explain_settings_error(caught.value)


def test_nothing_has_to_be_set() -> None:
    settings = Settings()
    assert (settings.api_host, settings.api_port) == ("127.0.0.1", 8000)
    assert settings.tokens == {}
    assert settings.policies.is_dir()
    assert settings.mail_host is None


def test_every_setting_is_described() -> None:
    undescribed = [name for name, field in Settings.model_fields.items() if not field.description]
    assert undescribed == []


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().api_port = 1  # type: ignore[misc]  # the type checker knows, too


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_API_PORT", "9000")
    monkeypatch.setenv("DESK_MAIL_TLS", "starttls")
    monkeypatch.setenv("DESK_STATE_DIR", "/var/lib/desk")
    monkeypatch.setenv("DESK_TOKENS", json.dumps({TOKEN: AGENT}))
    settings = Settings()
    assert settings.api_port == 9000
    assert settings.mail_tls is MailTls.STARTTLS
    assert settings.state_dir == Path("/var/lib/desk")
    assert settings.tokens == {SecretStr(TOKEN): TokenActor(id="ada", role=Role.AGENT)}


def test_a_variable_set_to_nothing_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DESK_MAIL_USERNAME", "DESK_MAIL_PASSWORD", "DESK_API_HOST", "DESK_TOKENS"):
        monkeypatch.setenv(name, "")
    assert Settings() == Settings(api_host="127.0.0.1")


def test_settings_import_the_format_of_tokens_and_nothing_else_of_the_project() -> None:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    project = (
        "activities",
        "api",
        "commands",
        "desk",
        "encryption",
        "policies",
        "worker",
        "workflows",
    )
    assert [name for name in modules if name.startswith(project)] == ["api.identity.static_tokens"]


@pytest.mark.parametrize(
    "given",
    [
        {"tokens": {TOKEN: AGENT}},
        {"keys_file": Path("keys.db")},
        {"oidc_file": Path("oidc.yaml")},
    ],
)
def test_any_kind_of_credential_opens_the_api_to_other_machines(given: dict[str, Any]) -> None:
    assert Settings(api_host="0.0.0.0", **given).has_credentials
    message = refusal(api_host="0.0.0.0")
    for variable in ("DESK_TOKENS", "DESK_TOKENS_FILE", "DESK_KEYS_FILE", "DESK_OIDC_FILE"):
        assert variable in message


class TestTrustedProxies:
    def test_are_addresses_and_networks_separated_by_commas(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DESK_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1, fd00::7")
        assert Settings().trusted_proxies == ("10.0.0.0/8", "192.0.2.1/32", "fd00::7/128")

    def test_are_none_by_default(self) -> None:
        assert Settings().trusted_proxies is None

    @pytest.mark.parametrize("given", ["*", "proxy", "10.0.0.0/33", "10.0.0.1,,"])
    def test_are_never_everybody_by_mistake(self, given: str) -> None:
        assert "DESK_TRUSTED_PROXIES" in refusal(trusted_proxies=given)


class TestTokens:
    def test_are_read_from_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "tokens.json"
        file.write_text(json.dumps({TOKEN: AGENT}), encoding="utf-8")
        assert [actor.id for actor in Settings(tokens_file=file).tokens.values()] == ["ada"]

    def test_come_from_one_place_only(self, tmp_path: Path) -> None:
        file = tmp_path / "tokens.json"
        file.write_text("{}", encoding="utf-8")
        message = refusal(tokens_file=file, tokens={TOKEN: AGENT})
        assert "DESK_TOKENS: set either this or DESK_TOKENS_FILE" in message

    def test_show_in_no_repr_and_no_dump(self) -> None:
        settings = Settings(
            tokens={TOKEN: AGENT}, mail_username="desk", mail_password="hunter2", mail_tls="tls"
        )
        for text in (repr(settings), str(settings), settings.model_dump_json()):
            assert TOKEN not in text
            assert "hunter2" not in text

    @pytest.mark.parametrize(
        ("given", "problem"),
        [
            (f'{{"{TOKEN}": ', "is not valid JSON"),
            (f'["{TOKEN}"]', "must be a JSON object"),
            (f'{{"{TOKEN}": "agent"}}', "token 1: "),
            (f'{{"{TOKEN}": {{"id": "ada"}}}}', "token 1: role: Field required"),
            (f'{{"{TOKEN}": {{"id": "ada", "role": "boss"}}}}', "token 1: role: "),
            (f'{{"{TOKEN}": {{"id": "x", "role": "system"}}}}', "'system' is the workflow itself"),
            (f'{{"{TOKEN}": {{"id": "", "role": "agent"}}}}', "token 1: id: "),
            (f'{{"{TOKEN}": {{"id": "a", "role": "agent", "rôle": 1}}}}', "Extra inputs"),
            (
                f'{{"{TOKEN} {TOKEN}": {{"id": "ada", "role": "agent"}}}}',
                "token 1 is not a bearer token",
            ),
            ('{"": {"id": "ada", "role": "agent"}}', "token 1 is not a bearer token"),
            (f'{{"{TOKEN}": {{}}, "{TOKEN}": {{}}}}', "has a duplicate key"),
        ],
    )
    def test_are_never_quoted_when_refused(
        self, given: str, problem: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DESK_TOKENS", given)
        with pytest.raises(ValidationError) as caught:
            Settings()
        message = explain_settings_error(caught.value)
        assert "DESK_TOKENS: " in message
        assert problem in message
        assert TOKEN not in message
        assert TOKEN not in str(caught.value)

    def test_of_a_missing_file_name_the_file(self, tmp_path: Path) -> None:
        message = refusal(tokens_file=tmp_path / "absent.json")
        assert "DESK_TOKENS: cannot read" in message
        assert "absent.json: No such file or directory" in message

    def test_mistakes_in_a_file_name_the_file(self, tmp_path: Path) -> None:
        file = tmp_path / "tokens.json"
        file.write_text(json.dumps({TOKEN: AGENT | {"mail": "ada@x.example"}}), encoding="utf-8")
        message = refusal(tokens_file=file)
        assert f"in {file}: token 1: mail: Extra inputs" in message
        assert TOKEN not in message

    def test_all_mistakes_are_reported_at_once(self) -> None:
        message = refusal(tokens={"a": {"id": "x"}, "b": {"role": "agent"}})
        assert "token 1: role" in message
        assert "token 2: id" in message


class TestListening:
    @pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "LOCALHOST"])
    def test_on_loopback_needs_no_tokens(self, host: str) -> None:
        assert is_loopback(host)
        assert Settings(api_host=host).api_host == host

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "desk.example", "127.0.0.1."])
    def test_outside_loopback_is_refused_without_tokens(self, host: str) -> None:
        message = refusal(api_host=host)
        assert f"DESK_API_HOST={host} is reachable from other machines" in message
        assert "DESK_TOKENS_FILE" in message

    def test_outside_loopback_is_allowed_with_tokens(self) -> None:
        assert Settings(api_host="0.0.0.0", tokens={TOKEN: AGENT}).api_host == "0.0.0.0"

    @pytest.mark.parametrize("port", [0, -1, 65536, "http"])
    def test_on_no_port_is_refused(self, port: object) -> None:
        assert "DESK_API_PORT: " in refusal(api_port=port)

    @pytest.mark.parametrize(
        ("given", "url"),
        [
            ({}, "http://127.0.0.1:8000"),
            ({"api_host": "::1", "api_port": 81}, "http://[::1]:81"),
            ({"public_url": "https://desk.example/"}, "https://desk.example"),
            ({"public_url": "https://desk.example/support"}, "https://desk.example/support"),
        ],
    )
    def test_links_lead_to_where_it_is_reached(self, given: dict[str, Any], url: str) -> None:
        assert Settings(**given).base_url == url


class TestMail:
    def test_message_ids_carry_the_domain_of_the_sender(self) -> None:
        assert Settings().mail_domain == "desk.example"
        assert Settings(mail_from="help@acme.example").mail_domain == "acme.example"
        assert Settings(mail_from="help@acme.example", mail_domain="m.example").mail_domain == (
            "m.example"
        )

    @pytest.mark.parametrize("sender", ["", "desk", "a@b@c", "Desk <a@b>", "a@b\r\nBcc: c@d"])
    def test_a_sender_is_a_plain_address(self, sender: str) -> None:
        assert "DESK_MAIL_FROM: must be a plain e-mail address" in refusal(mail_from=sender)

    @pytest.mark.parametrize("half", [{"mail_username": "desk"}, {"mail_password": "hunter2"}])
    def test_half_a_login_is_refused(self, half: dict[str, str]) -> None:
        message = refusal(mail_tls="tls", **half)
        assert "set both DESK_MAIL_USERNAME and DESK_MAIL_PASSWORD, or neither" in message

    def test_a_password_never_crosses_the_network_unencrypted(self) -> None:
        login: dict[str, Any] = {"mail_username": "desk", "mail_password": "hunter2"}
        message = refusal(mail_host="smtp.example", **login)
        assert "DESK_MAIL_PASSWORD would cross the network unencrypted" in message
        assert "hunter2" not in message

    @pytest.mark.fault(69)
    def test_a_password_is_not_left_to_what_a_server_offers(self) -> None:
        login: dict[str, Any] = {"mail_username": "desk", "mail_password": "hunter2"}
        message = refusal(mail_host="smtp.example", mail_tls="opportunistic", **login)
        assert "set DESK_MAIL_TLS to starttls or tls" in message

    @pytest.mark.fault(69)
    def test_mail_is_encrypted_where_the_server_offers_it(self) -> None:
        assert Settings().mail_tls is MailTls.OPPORTUNISTIC

    @pytest.mark.parametrize(
        "connection",
        [{"mail_host": "smtp.example", "mail_tls": "starttls"}, {"mail_host": "localhost"}],
    )
    def test_a_password_may_cross_a_protected_connection(self, connection: dict[str, Any]) -> None:
        settings = Settings(mail_username="desk", mail_password="hunter2", **connection)
        assert settings.mail_password == SecretStr("hunter2")


def test_a_contract_directory_over_http_takes_an_address_and_a_secret() -> None:
    url = "https://contracts.example/desk"
    settings = Settings(contracts_url=url, contracts_secret=TOKEN)
    assert str(settings.contracts_url) == url
    assert TOKEN not in repr(settings)
    assert "and DESK_CONTRACTS_SECRET, or neither" in refusal(contracts_url=url)
    assert "set both DESK_CONTRACTS_URL" in refusal(contracts_secret=TOKEN)
    short = refusal(contracts_url=url, contracts_secret="guessable")
    assert "at least 16 characters" in short
    assert "guessable" not in short


@pytest.mark.fault(69)
def test_a_contract_directory_is_reached_over_https_or_loopback() -> None:
    message = refusal(contracts_url="http://contracts.example/desk", contracts_secret=TOKEN)
    assert "use https in DESK_CONTRACTS_URL" in message
    assert TOKEN not in message
    for host in ("127.0.0.1", "localhost", "[::1]"):
        url = f"http://{host}:8080/desk"
        assert str(Settings(contracts_url=url, contracts_secret=TOKEN).contracts_url) == url


@pytest.mark.parametrize("given", [{"contracts_timeout_seconds": 0}, {"contracts_ttl_seconds": -1}])
def test_times_of_the_contract_directory_make_sense(given: dict[str, Any]) -> None:
    assert refusal(**given)


class TestEncryption:
    KEY = "https://vault.example:8200/v1/transit/keys/desk"
    TOKEN_FILE = Path("token")

    @pytest.mark.parametrize(
        "store",
        [
            ".desk/data-keys.db",
            "postgresql://desk@127.0.0.1/desk",
            "postgres://desk@[::1]:5433/desk",
            "postgresql://desk@/desk?host=/run/postgresql",
            "postgresql://desk@db.example/desk?sslmode=verify-full&passfile=/run/secrets/pgpass",
            "postgresql://desk@one.example,two.example:5433/desk?sslmode=verify-full",
        ],
    )
    def test_the_store_is_a_file_or_a_database(self, store: str) -> None:
        assert Settings(encryption_store=store).encryption_store == store

    @pytest.mark.parametrize(
        ("store", "reason"),
        [
            ("mysql://desk@127.0.0.1/desk", "a file, or a URL such as postgresql://"),
            (f"postgresql://desk:{TOKEN}@127.0.0.1/desk", "must not contain a password"),
            (f"postgresql://127.0.0.1/desk?password={TOKEN}", "must not contain a password"),
            ("postgresql://db.example/desk", "db.example is another machine: add ?sslmode"),
            ("postgresql://db.example/desk?sslmode=require", "add ?sslmode=verify-full"),
            ("postgresql://127.0.0.1,db.example/desk", "db.example is another machine"),
            ("postgresql:///desk?host=db.example", "db.example is another machine"),
        ],
    )
    def test_data_keys_reach_a_database_with_tls_and_its_password_stays_out_of_messages(
        self, store: str, reason: str
    ) -> None:
        message = refusal(encryption_store=store)
        assert "DESK_ENCRYPTION_STORE" in message
        assert reason in message
        assert TOKEN not in message

    def test_a_key_management_service_encrypts_with_or_without_a_file(self) -> None:
        given: dict[str, Any] = {
            "encryption_kms_url": self.KEY,
            "encryption_kms_token_file": self.TOKEN_FILE,
        }
        assert Settings(**given).encrypts
        assert Settings(encryption_keys_file=Path("keys"), **given).encrypts
        assert not Settings().encrypts
        assert "or neither" in refusal(encryption_kms_url=self.KEY)

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("http://vault.example/v1/transit/keys/desk", "unencrypted: use https"),
            ("https://vault.example/v1/transit", "must end in /keys/<name>"),
            ("https://vault.example/v1/transit/keys/desk?x=1", "must end in /keys/<name>"),
        ],
    )
    def test_data_keys_reach_it_over_https_only(self, url: str, reason: str) -> None:
        message = refusal(encryption_kms_url=url, encryption_kms_token_file=self.TOKEN_FILE)
        assert reason in message


class TestPager:
    URL = "https://events.pager.example/v2/enqueue"

    def test_takes_an_address_and_a_key_that_never_shows(self) -> None:
        settings = Settings(pager_url=self.URL, pager_key=TOKEN)
        assert str(settings.pager_url) == self.URL
        assert TOKEN not in repr(settings) + settings.model_dump_json()
        assert settings.paging_route == "to the pager at events.pager.example"

    def test_the_absence_of_one_is_reported(self) -> None:
        assert "DESK_PAGER_URL is not set" in Settings().paging_route

    @pytest.mark.parametrize("half", [{"pager_url": URL}, {"pager_key": TOKEN}])
    def test_half_a_configuration_is_refused(self, half: dict[str, str]) -> None:
        message = refusal(**half)
        assert "set both DESK_PAGER_URL and DESK_PAGER_KEY, or neither" in message
        assert TOKEN not in message

    def test_a_key_never_crosses_the_network_unencrypted(self) -> None:
        message = refusal(pager_url="http://pager.example/v2/enqueue", pager_key=TOKEN)
        assert "DESK_PAGER_KEY would cross the network unencrypted" in message
        assert "https" in message

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
    def test_a_receiver_on_this_machine_needs_no_tls(self, host: str) -> None:
        url = f"http://{host}:8080/v2/enqueue"
        assert str(Settings(pager_url=url, pager_key=TOKEN).pager_url) == url

    @pytest.mark.parametrize("key", ["two words", "key\n", "clé"])
    def test_an_invalid_key_is_refused_without_being_quoted(self, key: str) -> None:
        message = refusal(pager_url=self.URL, pager_key=key)
        assert "DESK_PAGER_KEY is not a routing key" in message
        assert key not in message

    @pytest.mark.parametrize("url", ["pager", "ftp://pager.example/", "https://"])
    def test_an_invalid_url_is_refused_by_its_variable(self, url: str) -> None:
        assert "DESK_PAGER_URL: " in refusal(pager_url=url, pager_key=TOKEN)

    @pytest.mark.parametrize("seconds", [0, 31, "soon"])
    def test_an_attempt_takes_a_sensible_time(self, seconds: object) -> None:
        assert "DESK_PAGER_TIMEOUT_SECONDS: " in refusal(pager_timeout_seconds=seconds)


@pytest.mark.parametrize("name", ["", "-desk", "a queue", "x" * 101])
def test_a_task_queue_has_a_plain_name(name: str) -> None:
    assert "DESK_TASK_QUEUE" in refusal(task_queue=name)


@pytest.mark.parametrize("setting", ["mail_connections", "pager_connections"])
def test_a_worker_sends_at_least_one_notice_at_a_time(setting: str) -> None:
    assert f"DESK_{setting.upper()}" in refusal(**{setting: 0})


@pytest.mark.parametrize(
    ("deployment", "build", "says"),
    [
        ("desk", None, "set both DESK_DEPLOYMENT and DESK_BUILD, or neither (--deployment and"),
        (None, "0.2.0", "set both DESK_DEPLOYMENT and DESK_BUILD, or neither (--deployment and"),
        ("desk.eu", "0.2.0", "DESK_DEPLOYMENT: must be 1 to 100 letters, digits, - and _"),
        ("desk", "a build", "DESK_BUILD: must be 1 to 100 letters, digits and -_.+"),
        ("desk", "__b", "DESK_BUILD: must be"),
    ],
)
def test_a_build_has_a_deployment_and_names_that_temporal_takes(
    deployment: str | None, build: str | None, says: str
) -> None:
    assert says in refusal(deployment=deployment, build=build)


def test_a_build_of_a_deployment_is_taken() -> None:
    settings = Settings(deployment="desk", build="0.2.0+a3f9c21")
    assert (settings.deployment, settings.build) == ("desk", "0.2.0+a3f9c21")


@pytest.mark.parametrize(
    ("given", "means"),
    [
        ("9464", "127.0.0.1:9464"),
        ("localhost:9464", "127.0.0.1:9464"),
        ("0.0.0.0:9464", "0.0.0.0:9464"),
        ("[::1]:9464", "[::1]:9464"),
    ],
)
def test_metrics_are_served_on_loopback_unless_an_address_is_given(given: str, means: str) -> None:
    assert Settings(metrics_address=given).metrics_address == means


@pytest.mark.parametrize("given", ["desk.example:9464", "127.0.0.1", "0", "65536", "a:b"])
def test_an_invalid_metrics_address_is_refused_with_an_example(given: str) -> None:
    assert "DESK_METRICS_ADDRESS: must be a port such as 9464" in refusal(metrics_address=given)


class TestTheKeyOfProofs:
    KEY = "YSBrZXkgZm9yIHRlc3RzIG9ubHksIDMyIGJ5dGVzLiA="

    def test_a_key_never_shows(self) -> None:
        settings = Settings(proof_key=self.KEY)
        assert self.KEY not in repr(settings) + settings.model_dump_json()
        assert Settings().proof_key is None

    @pytest.mark.parametrize("key", ["short", "a" * 44, KEY[:-1], KEY + "\n", "é" * 44, KEY * 2])
    def test_an_invalid_key_is_refused_without_being_quoted(self, key: str) -> None:
        message = refusal(proof_key=key)
        assert "DESK_PROOF_KEY is not a key: use 32 random bytes in base64" in message
        assert key not in message
