"""Temporal in docker-compose.yml: inside a wall of certificates, networks and a login."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.deploy.certificates import make
from tests.test_deployment import COMPOSE, SERVICES, environment

NETWORKS: dict[str, Any] = YAML(typ="safe").load(COMPOSE.read_text(encoding="utf-8"))["networks"]
CLIENTS = sorted(name for name, service in SERVICES.items() if "TEMPORAL_ADDRESS" in str(service))
MOUNT = "${CERTIFICATES_DIR:-./secrets/certificates}"
OF_TEMPORAL = {"postgres", "temporal-schema", "temporal", "temporal-ui", "setup"}
"""Services that belong to Temporal and have no port of their own for anybody."""


def mounts(service: str) -> dict[str, str]:
    """The source of each mount by its target."""
    found = {}
    for volume in SERVICES[service].get("volumes", []):
        source, _, target = volume.removesuffix(":ro").rpartition(":")
        found[target] = source
    return found


def networks(service: str) -> set[str]:
    return set(SERVICES[service].get("networks", ["default"]))


def test_the_clients_of_temporal_are_those_that_the_script_knows(tmp_path: Path) -> None:
    directory = tmp_path / "certificates"
    make(directory)
    parties = {path.name for path in directory.iterdir()} - {"authorities"}
    assert parties == {*CLIENTS, "temporal", "ui-login"}


@pytest.mark.parametrize("name", [*CLIENTS, "temporal", "ui-login"])
def test_each_has_its_own_certificates_and_no_others_read_only(name: str) -> None:
    own = [v for v in SERVICES[name]["volumes"] if "CERTIFICATES_DIR" in v]
    assert own == [f"{MOUNT}/{name}:/etc/certificates:ro"]


def test_nobody_else_has_certificates() -> None:
    with_them = {n for n in SERVICES if any("CERTIF" in source for source in mounts(n).values())}
    assert with_them == {*CLIENTS, "temporal", "ui-login"}


@pytest.mark.parametrize("name", sorted(set(CLIENTS) - {"temporal-ui"}))
def test_every_process_of_ours_proves_itself_and_verifies_the_server(name: str) -> None:
    given = {k: v for k, v in environment(SERVICES[name]).items() if k.startswith("TEMPORAL_TLS")}
    assert given == {
        "TEMPORAL_TLS": "true",
        "TEMPORAL_TLS_SERVER_NAME": "temporal",
        "TEMPORAL_TLS_SERVER_CA_CERT_PATH": "/etc/certificates/ca.crt",
        "TEMPORAL_TLS_CLIENT_CERT_PATH": "/etc/certificates/tls.crt",
        "TEMPORAL_TLS_CLIENT_KEY_PATH": "/etc/certificates/tls.key",
    }


def test_the_ui_proves_itself_and_verifies_the_server() -> None:
    given = environment(SERVICES["temporal-ui"])
    assert given["TEMPORAL_TLS_ENABLE_HOST_VERIFICATION"] == "true"
    assert given["TEMPORAL_TLS_SERVER_NAME"] == "temporal"
    assert {"TEMPORAL_TLS_CA", "TEMPORAL_TLS_CERT", "TEMPORAL_TLS_KEY"} <= given.keys()


def test_the_ui_changes_nothing_by_default() -> None:
    value = environment(SERVICES["temporal-ui"])["TEMPORAL_DISABLE_WRITE_ACTIONS"]
    assert value == "${UI_READ_ONLY:-true}"


def test_the_server_requires_a_certificate_on_every_port() -> None:
    given = environment(SERVICES["temporal"])
    assert given["TEMPORAL_TLS_REQUIRE_CLIENT_AUTH"] == "true"
    of_frontend = {k for k, v in given.items() if v == "/etc/certificates/tls.crt"}
    assert of_frontend == {"TEMPORAL_TLS_FRONTEND_CERT", "TEMPORAL_TLS_SERVER_CERT"}
    dynamic = YAML(typ="safe").load(Path(COMPOSE.parent, "deploy/dynamic-config.yaml").read_text())
    assert dynamic["system.enableRingpopTLS"] == [{"value": True}]


def test_a_client_is_nothing_between_the_parts_of_the_server() -> None:
    given = environment(SERVICES["temporal"])
    trusting = {k for k, v in given.items() if v == "/etc/certificates/clients-ca.crt"}
    assert trusting == {"TEMPORAL_TLS_CLIENT1_CA_CERT"}
    assert given["TEMPORAL_TLS_SERVER_CA_CERT"] == "/etc/certificates/ca.crt"


def test_the_server_verifies_itself() -> None:
    given = environment(SERVICES["temporal"])
    assert not [name for name in given if "DISABLE_HOST_VERIFICATION" in name]
    names = {"TEMPORAL_TLS_FRONTEND_SERVER_NAME", "TEMPORAL_TLS_INTERNODE_SERVER_NAME"}
    assert {given[name] for name in names} == {"temporal"}


def test_nothing_of_temporal_is_published_on_the_host() -> None:
    assert [name for name in OF_TEMPORAL if "ports" in SERVICES[name]] == []
    assert SERVICES["ui-login"]["ports"] == ["${UI_BIND:-127.0.0.1}:8443:8443"]
    assert not any("host" in str(service.get("network_mode")) for service in SERVICES.values())


def test_only_those_with_a_certificate_share_a_network_with_temporal() -> None:
    assert NETWORKS["store"]["internal"]
    assert NETWORKS["temporal"]["internal"]
    assert NETWORKS["codec"]["internal"]
    of = {n: {name for name in SERVICES if n in networks(name)} for n in NETWORKS}
    assert of["store"] == {"postgres", "temporal-schema", "temporal"}
    assert of["temporal"] == {*CLIENTS, "temporal"}
    assert of["ui"] == {"temporal-ui", "ui-login"}
    assert networks("postgres") == {"store"}
    assert of["codec"] == {"codec", "ui-login"}
    assert networks("ui-login") == {"ui", "codec"}
    assert networks("temporal-ui") == {"temporal", "ui"}


def test_a_published_port_without_encryption_is_not_widened_with_the_login() -> None:
    published: dict[str, set[str]] = {}
    for name, service in SERVICES.items():
        for port in service.get("ports", []):
            [variable] = re.findall(r"(\w+_BIND)", port)
            published.setdefault(variable, set()).add(name)
    assert published["UI_BIND"] == {"ui-login"}
    assert published["PROXY_BIND"] == {"proxy"}
