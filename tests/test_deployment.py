"""The container deployment: valid, pinned, monitored, without secrets, in step with the code."""

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from temporalio.envconfig import ClientConfigProfile

from settings import PREFIX, Settings
from tests.tools import tool

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "docker-compose.yml"
TEXT = COMPOSE.read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = YAML(typ="safe").load(TEXT)["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
ONE_SHOT = {"setup", "temporal-schema"}
LONG_RUNNING = sorted(SERVICES.keys() - ONE_SHOT)
SECRET_NAME = re.compile(r"PASSWORD|PWD|SECRET|TOKEN|KEY$")
NOT_PASSED = {
    "DESK_TOKENS": "tokens come from a mounted file, DESK_TOKENS_FILE",
    "DESK_ENCRYPTION_KMS_URL": "on one host, the master keys are a mounted file",
    "DESK_ENCRYPTION_KMS_TOKEN_FILE": "as DESK_ENCRYPTION_KMS_URL",
    "DESK_DEPLOYMENT": "for two builds side by side; here the worker is replaced in place",
    "DESK_TASK_QUEUE": "for two desks in a namespace; here the desk has one of its own",
    "DESK_BUILD": "as DESK_DEPLOYMENT; a build gets no work until it is promoted",
    "DESK_AUDIT_LOG": "the audit log goes to standard output, which Docker keeps",
    "DESK_PUBLIC_URL": "only for the links in the banner of `desk up`",
    "DESK_STATE_DIR": "only for `desk up`; these services store nothing on disk",
    "DESK_UI_PORT": "only for `desk up`; here the UI is a separate service",
    "DESK_TEMPORAL_PORT": "only for `desk up`; here Temporal is a separate service",
}
"""Settings that the deployment does not pass on, and why."""


def environment(service: dict[str, Any]) -> dict[str, str]:
    return dict(service.get("environment", {}))


def compose_config(directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    compose = tool("docker-compose", "docker-compose")
    empty = directory / "empty.env"  # instead of an .env in this checkout
    empty.touch()
    return subprocess.run(
        [compose, "--file", str(COMPOSE), "--env-file", str(empty), "config"],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_docker_compose_accepts_the_file(tmp_path: Path) -> None:
    done = compose_config(tmp_path, POSTGRES_PASSWORD="for-this-test")
    assert done.returncode == 0, done.stderr
    assert YAML(typ="safe").load(done.stdout)["services"].keys() == SERVICES.keys()


def test_nothing_starts_without_a_database_password(tmp_path: Path) -> None:
    done = compose_config(tmp_path)
    assert done.returncode != 0
    assert "set it in .env" in done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_every_desk_variable_is_a_setting(name: str) -> None:
    known = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    given = {key for key in environment(SERVICES[name]) if key.startswith(PREFIX)}
    assert given <= known


def test_every_setting_is_passed_on_or_left_out_for_a_reason() -> None:
    known = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    given = {key for service in OURS.values() for key in environment(service)}
    assert known - given == NOT_PASSED.keys(), (
        "pass a setting on in docker-compose.yml, or give the reason not to in NOT_PASSED; "
        "NOT_PASSED has no other settings"
    )


def test_worker_and_api_get_the_same_policies_and_contracts() -> None:
    shared = [
        {k: v for k, v in environment(SERVICES[name]).items() if re.match("DESK_(POL|CONTR)", k)}
        for name in ("worker", "api")
    ]
    assert shared[0] == shared[1]
    assert shared[0].keys() >= {"DESK_POLICIES", "DESK_CONTRACTS_URL", "DESK_CONTRACTS_SECRET"}


@pytest.mark.parametrize("name", ["worker", "api"])
def test_a_variable_without_a_value_keeps_its_default(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = environment(SERVICES[name]).items()
    unset = [key for key, value in given if key.startswith(PREFIX) and value.endswith(":-}")]
    assert unset
    for key in unset:
        monkeypatch.setenv(key, "")
    settings = Settings()
    for key in unset:
        field = key.removeprefix(PREFIX).lower()
        assert field not in settings.model_fields_set, key


@pytest.mark.parametrize("name", OURS)
def test_every_temporal_variable_is_one_that_the_client_reads(name: str) -> None:
    untouched = ClientConfigProfile.load(disable_file=True, override_env_vars={})
    for key, value in environment(OURS[name]).items():
        if key.startswith("TEMPORAL_"):
            profile = ClientConfigProfile.load(disable_file=True, override_env_vars={key: value})
            assert profile != untouched, key


def test_the_api_of_the_deployment_would_start() -> None:
    given = environment(SERVICES["api"])
    assert given["DESK_API_HOST"] == "0.0.0.0"
    assert given["DESK_TOKENS_FILE"] == "/run/secrets/tokens"
    assert SERVICES["api"]["secrets"] == ["tokens", "master_keys"]


@pytest.mark.fault(65)
def test_the_codec_takes_the_credentials_of_operators_that_the_api_takes() -> None:
    """API keys are never those of operators."""
    codec, api = (environment(SERVICES[name]) for name in ("codec", "api"))
    for name in ("DESK_TOKENS_FILE", "DESK_OIDC_FILE"):
        assert codec[name] == api[name]
    [oidc] = [volume for volume in SERVICES["api"]["volumes"] if "OIDC_DIR" in volume]
    assert oidc in SERVICES["codec"]["volumes"]


@pytest.mark.fault(65)
def test_the_ui_decrypts_by_its_own_origin() -> None:
    given = environment(SERVICES["temporal-ui"])
    assert given["TEMPORAL_CODEC_ENDPOINT"] == f"{given['TEMPORAL_CORS_ORIGINS']}/codec"
    assert "codec-tokens" in SERVICES["ui-login"]["secrets"]


@pytest.mark.fault(65)
def test_all_that_read_histories_get_the_same_keys_from_a_secret_and_a_volume() -> None:
    for name in ("worker", "api", "codec"):
        given = environment(SERVICES[name])
        assert given["DESK_ENCRYPTION_KEYS_FILE"] == "/run/secrets/master_keys"
        assert "master_keys" in SERVICES[name]["secrets"]
        folder = given["DESK_ENCRYPTION_STORE"].rpartition("/")[0]
        assert f"data-keys:{folder}" in SERVICES[name]["volumes"]


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - OURS.keys()))
def test_foreign_images_are_pinned_to_a_release(name: str) -> None:
    repository, _, tag = SERVICES[name]["image"].partition(":")
    assert repository
    assert re.fullmatch(r"v?\d+\.\d+(\.\d+)?(-\w+)?", tag), tag


def test_our_image_carries_the_version_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {service["image"] for service in OURS.values()} == {f"durable-desk:{project['version']}"}


def test_server_and_schema_tools_are_of_one_release() -> None:
    tags = {SERVICES[name]["image"].partition(":")[2] for name in ("temporal", "temporal-schema")}
    assert len(tags) == 1


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_long_running_services_have_a_health_check_and_are_restarted(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(ONE_SHOT))
def test_one_shot_services_are_restarted_a_limited_number_of_times(name: str) -> None:
    assert re.fullmatch(r"on-failure:\d+", SERVICES[name]["restart"])


@pytest.mark.parametrize("name", SERVICES)
def test_services_wait_for_their_dependencies(name: str) -> None:
    for needed, how in SERVICES[name].get("depends_on", {}).items():
        finished = "service_completed_successfully"
        assert how["condition"] == (finished if needed in ONE_SHOT else "service_healthy")


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_is_in_the_file(name: str) -> None:
    for key, value in environment(SERVICES[name]).items():
        if SECRET_NAME.search(key):
            assert value.startswith(("${", "/run/secrets/", "/etc/certificates/")), key
            assert not re.search(r":-[^}]", value), f"{key} has a default"


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_published_on_loopback_by_default(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert re.match(r"\$\{\w+_BIND:-127\.0\.0\.1\}:\d+:\d+$", port)


def test_the_api_trusts_the_proxy_of_the_deployment_and_nobody_else() -> None:
    address = SERVICES["proxy"]["networks"]["edge"]["ipv4_address"]
    assert environment(SERVICES["api"])["DESK_TRUSTED_PROXIES"] == address
    assert SERVICES["proxy"]["networks"].keys() == {"edge"}, "the proxy reaches the API only"


def test_the_example_environment_names_every_variable_and_no_other() -> None:
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", TEXT))
    assert set(example_environment()) == used, ".env.example and docker-compose.yml differ"


def example_environment() -> dict[str, str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))


def example_tokens() -> str:
    """The JSON in the comments of the example environment."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    [found] = re.findall(r"^#   (\{.+?\}\})$", text, re.MULTILINE | re.DOTALL)
    return re.sub(r"<([\w ]+)>", lambda m: m[1].replace(" ", "-"), found.replace("\n#", "\n"))


@pytest.mark.parametrize("name", ["worker", "api"])
def test_the_example_environment_starts_the_services(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = example_environment()
    for key, value in environment(SERVICES[name]).items():
        filled = re.sub(r"\$\{(\w+):-(.*?)\}", lambda m: given.get(m[1]) or m[2], value)
        if key.startswith(PREFIX):
            monkeypatch.setenv(key, filled)
    tokens = tmp_path / "tokens.json"
    tokens.write_text(example_tokens(), encoding="utf-8")
    monkeypatch.setenv("DESK_TOKENS_FILE", str(tokens))
    actors = [actor.model_dump(exclude_none=True) for actor in Settings().tokens.values()]
    assert actors == [
        {"id": "ada", "role": "agent", "name": "Ada Agent", "email": "ada@desk.example"},
        {"id": "widget", "role": "service", "account": "harbour-media"},
    ]


def test_mounted_files_exist() -> None:
    sources = re.findall(r"^\s+- (?:\$\{\w+:-)?(\./[\w./-]+)", TEXT, re.MULTILINE)
    assert sources
    for source in sources:
        is_made = source.startswith("./secrets/")  # by deploy/certificates/make.sh
        assert is_made or (ROOT / source).exists(), source


def test_the_image_copies_exactly_the_build_context() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    let_through = re.findall(
        r"^!(\S+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE
    )
    copied = {
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
        for source in line.split()[:-1]
    }
    assert copied == set(let_through)
    for source in copied:
        assert (ROOT / source).exists(), source


def test_the_image_contains_every_module_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packaged = project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    copied = re.findall(r"[\w.]+", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert set(packaged) <= set(copied)


def test_the_image_does_not_run_as_root() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^USER (\w+)$", dockerfile, re.MULTILINE) == ["desk"]


class TestLocks:
    def test_the_image_installs_the_versions_that_the_tests_use(self) -> None:
        tested, shipped = pins("requirements.lock"), pins("requirements.runtime.lock")
        assert shipped
        assert shipped.items() <= tested.items()

    @pytest.mark.parametrize("lock", ["requirements.lock", "requirements.runtime.lock"])
    def test_a_lock_names_no_host_file_or_index(self, lock: str) -> None:
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert not re.search(r"://|^#|^-|\s@\s", text, re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.\[\]-]+)==(\S+)", text, re.MULTILINE))
