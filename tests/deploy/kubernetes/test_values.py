"""Values of the chart: what is refused, and what a choice changes."""

import json
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bootstrap.own_templates import own_templates
from policies.loading.policy_catalog import PolicyCatalog
from tests.deploy.kubernetes.charts import (
    CHART,
    HOOK,
    ROOT,
    Manifest,
    component_of,
    container_of,
    named,
    objects,
    of_file,
    of_kind,
    pod_of,
    render,
    values_of,
    variables,
    with_values,
    workloads,
)

MINIMAL, PRODUCTION = values_of("minimal"), values_of("production")
POLICIES = ROOT / "examples" / "policies"
BUILD = {"build": "0.1.0", "tag": "0.1.0"}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no address": ({"connection__address": ""}, "connection.address is empty"),
    "no port": ({"connection__address": "temporal"}, "/connection/address"),
    "nobody may use the API": ({"identity__tokens__existingSecret": ""}, "nobody could use"),
    "no contracts": ({"contracts__existingConfigMap": ""}, "there are no contracts"),
    "no mail": ({"mail__host": ""}, "mail.host is empty"),
    "no store of keys": ({"encryption__enabled": True}, "encryption.store.url"),
    "no master key": ({"encryption__enabled": True}, "there is no master key"),
    "an SQLite store": (
        {"encryption": {"enabled": True, "store": {"url": "/var/lib/keys.db"}}},
        "is no PostgreSQL URL",
    ),
    "a codec without encryption": ({"codec__enabled": True}, "nothing to decrypt"),
    "a directory without a secret": (
        {"contracts__url": "https://contracts.example"},
        "contracts.existingSecret",
    ),
    "a pager without a key": ({"pager__url": "https://pager.example"}, "pager.existingSecret"),
    "a mail user without a password": ({"mail__username": "desk"}, "mail.existingSecret"),
    "a deployment without builds": ({"worker__deployment": "desk"}, "worker.builds"),
    "one build twice": (
        {"worker__deployment": "desk", "worker__builds": [BUILD, BUILD]},
        "two builds named 0-1-0",
    ),
    "a build without an image": (
        {"worker__deployment": "desk", "worker__builds": [{"build": "0.1.0"}]},
        "tag",
    ),
    "scaling without metrics": (
        {"worker__autoscaling__enabled": True},
        "worker.autoscaling.prometheus.address",
    ),
    "least above most": ({"api__autoscaling__minReplicas": 9}, "is above maxReplicas"),
    "an ingress without TLS": (
        {"api__ingress": {"enabled": True, "host": "desk.example"}},
        "api.ingress.tlsSecret",
    ),
    "the newest image, whatever it is": ({"image__tag": "latest"}, "/image/tag"),
    "a short digest": ({"image__digest": "sha256:abc"}, "/image/digest"),
    "a misspelt value": ({"worker__replica": 3}, "replica"),
    "a secret as a value": ({"mail__password": "hunter2"}, "password"),
    "a number as a text": ({"api__port": "8000"}, "/api/port"),
    "an empty peer, which is everybody": (
        {"networkPolicy__ingress__api": [{}]},
        "/networkPolicy/ingress/api",
    ),
}
CHOICES: dict[str, dict[str, Any]] = {
    "builds": with_values(
        MINIMAL,
        worker__deployment="desk",
        worker__builds=[BUILD, {"build": "0.2.0", "tag": "0.2.0", "replicas": 3}],
        image__tag="0.1.0",
    ),
    "cloud": with_values(
        MINIMAL,
        connection__address="desk.tmprl.cloud:7233",
        connection__apiKey={"existingSecret": "cloud"},
        setup__enabled=False,
    ),
    "public authority": with_values(PRODUCTION, connection__tls__privateAuthority=False),
    "ipv6": with_values(MINIMAL, listenAddress="::"),
    "open network": with_values(MINIMAL, networkPolicy__enabled=False),
    "policies in files": with_values(
        MINIMAL,
        policies__files={
            str(path.relative_to(POLICIES)): path.read_text(encoding="utf-8")
            for path in (POLICIES / "nightjar.yaml", *POLICIES.glob("templates/nightjar/*/*"))
        },
    ),
    "all replays": with_values(MINIMAL, replay__sample=0),
}


@cache
def results() -> dict[str, dict[str, Any]]:
    refused = {name: with_values(MINIMAL, **changes) for name, (changes, _) in REFUSED.items()}
    every = refused | CHOICES
    return dict(zip(every, render(*every.values()), strict=True))


@pytest.mark.parametrize("name", REFUSED)
def test_values_that_cannot_work_are_refused_with_their_place(name: str) -> None:
    _, message = REFUSED[name]
    assert message in results()[name].get("error", "")


def test_every_value_has_a_schema_and_the_schema_knows_no_other() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    # Only with Temporal's own chart, which reads it, too.
    del schema["properties"]["global"]
    assert paths_in(values, schema) == paths_of(schema)


def paths_of(schema: dict[str, Any], prefix: str = "") -> set[str]:
    properties = schema.get("properties", {}).items()
    below = (paths_of(part, f"{prefix}{name}.") for name, part in properties)
    return {f"{prefix}{name}" for name, _ in properties}.union(*below)


def paths_in(values: Any, schema: dict[str, Any], prefix: str = "") -> set[str]:
    """The paths of values, as deep as the schema knows them."""
    found = set()
    for name, value in values.items() if "properties" in schema else ():
        found.add(f"{prefix}{name}")
        found |= paths_in(value, schema["properties"].get(name, {}), f"{prefix}{name}.")
    return found


def test_all_objections_come_at_once() -> None:
    error = results()["no store of keys"]["error"]
    assert "encryption.store.url" in error
    assert "there is no master key" in error


def test_builds_run_side_by_side_each_with_its_image() -> None:
    workers = {
        manifest["metadata"]["name"]: manifest
        for component, manifest in workloads(objects(results()["builds"]))
        if component == "worker"
    }
    given = {
        name: (
            variables(worker)["DESK_DEPLOYMENT"],
            variables(worker)["DESK_BUILD"],
            container_of(worker)["image"],
            worker["spec"]["replicas"],
        )
        for name, worker in workers.items()
    }
    assert given == {
        "desk-worker-0-1-0": ("desk", "0.1.0", "durable-desk:0.1.0", 2),
        "desk-worker-0-2-0": ("desk", "0.2.0", "durable-desk:0.2.0", 3),
    }


def test_the_newest_build_replays_before_its_workers_start() -> None:
    made = objects(results()["builds"])
    images = {of: container_of(workload)["image"] for of, workload in workloads(made)}
    assert images["replay"] == images["setup"] == "durable-desk:0.2.0"
    assert images["api"] == "durable-desk:0.1.0"


def test_without_builds_a_worker_is_unversioned() -> None:
    worker = named(of_file("minimal"), "Deployment", "desk-worker")
    assert not variables(worker).keys() & {"DESK_DEPLOYMENT", "DESK_BUILD"}


def test_temporal_cloud_is_reached_with_an_api_key() -> None:
    made = objects(results()["cloud"])
    assert "setup" not in {component_of(manifest) for manifest in made}
    api = variables(named(made, "Deployment", "desk-api"))
    assert api["TEMPORAL_API_KEY"] == "secret:cloud/api-key"


def test_a_server_of_a_public_authority_is_verified_without_a_file() -> None:
    api = variables(named(objects(results()["public authority"]), "Deployment", "desk-api"))
    assert "TEMPORAL_TLS_SERVER_CA_CERT_PATH" not in api
    assert api["TEMPORAL_TLS_CLIENT_CERT_PATH"] == "/etc/certificates/tls.crt"


def test_servers_listen_on_ipv6() -> None:
    api = variables(named(objects(results()["ipv6"]), "Deployment", "desk-api"))
    assert api["DESK_API_HOST"] == "::"
    assert api["DESK_METRICS_ADDRESS"] == "[::]:9464"


def test_network_policies_can_be_left_to_somebody_else() -> None:
    result = results()["open network"]
    assert of_kind(objects(result), "NetworkPolicy") == []
    assert any("Every pod can reach" in text for text in result["manifests"].values())


def test_a_sample_of_zero_replays_all_tickets() -> None:
    job = named(objects(results()["all replays"]), "Job", "desk-replay")
    assert container_of(job)["command"] == ["desk", "replay", "--open"]
    sampled = named(of_file("minimal"), "Job", "desk-replay")
    assert container_of(sampled)["command"][-1] == "--sample=2000"


def mounted(manifests: list[Manifest], folder: Path) -> Path:
    """The policies of the API as the kubelet mounts them: links to links of a dated folder."""
    api = named(manifests, "Deployment", "desk-api")
    [volume] = [v["configMap"] for v in pod_of(api)["volumes"] if v["name"] == "policies"]
    data = named(manifests, "ConfigMap", volume["name"])["data"]
    dated = folder / "..2026_11_30_10_00_00.123456789"
    for item in volume["items"]:
        path = dated / item["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(data[item["key"]], encoding="utf-8")
    (folder / "..data").symlink_to(dated.name)
    for entry in dated.iterdir():
        (folder / entry.name).symlink_to(f"..data/{entry.name}")
    return folder


def test_policies_and_their_templates_are_read_from_a_config_map(tmp_path: Path) -> None:
    folder = mounted(objects(results()["policies in files"]), tmp_path)
    catalog = PolicyCatalog.load(folder)
    assert catalog.slugs == ("nightjar",)
    found = own_templates(folder, catalog)["nightjar"]
    names = {path.name for path in POLICIES.glob("templates/nightjar/en/*")}
    assert found["en"].keys() == names


def test_temporal_can_be_a_dependency(tmp_path: Path) -> None:
    """As README.md of the chart says; a chart without templates stands for Temporal's."""
    chart = tmp_path / "helm"
    shutil.copytree(CHART, chart)
    readme = (CHART / "README.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```yaml\n(dependencies:.+?)```", readme, re.DOTALL)
    with (chart / "Chart.yaml").open("a", encoding="utf-8") as file:
        file.write(block)
    [version] = re.findall(r"version: (\S+)", block)
    temporal = chart / "charts" / "temporal"
    temporal.mkdir(parents=True)
    (temporal / "Chart.yaml").write_text(
        f"apiVersion: v2\nname: temporal\nversion: {version.strip('~^')}\n"
    )
    on = with_values(MINIMAL, connection__address="", temporal__enabled=True)
    on = with_values(on, temporal__server={"replicaCount": 3})
    [with_it, without_it] = render(on, MINIMAL, chart=chart)
    made = objects(with_it)
    api = variables(named(made, "Deployment", "desk-api"))
    assert api["TEMPORAL_ADDRESS"] == "desk-temporal-frontend:7233"
    setup = named(made, "Job", "desk-setup")
    assert setup["metadata"]["annotations"][HOOK] == "post-install,pre-upgrade"
    assert objects(without_it) == of_file("minimal")
