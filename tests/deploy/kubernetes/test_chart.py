"""The Helm chart: rendered by Helm, accepted by Kubernetes, secrets by reference only."""

import re
from copy import deepcopy
from pathlib import Path

import promql_parser
import pytest
import yaml

from api.identity.agents import parse_agents
from api.identity.oidc.configuration import read_oidc_file
from policies.loading.loader import contract_from
from tests.deploy.kubernetes.charts import (
    CHART,
    FILES,
    HOOK,
    Manifest,
    component_of,
    container_of,
    named,
    of_file,
    of_kind,
    pod_of,
    rendered_files,
    values_of,
    variables,
    workloads,
)
from tests.deploy.kubernetes.schemas import NEWEST, OF_EXTENSIONS, OLDEST, faults
from tests.test_deployment import SECRET_NAME

NAMES = [path.stem for path in FILES]


@pytest.mark.parametrize("name", NAMES)
def test_helm_finds_no_fault(name: str) -> None:
    assert rendered_files()[name]["lint"] == []


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("name", NAMES)
def test_kubernetes_accepts_every_object(name: str, version: str) -> None:
    own = [m for m in of_file(name) if m["kind"] not in OF_EXTENSIONS]
    assert own
    assert [fault for manifest in own for fault in faults(manifest, version)] == []


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_a_wrong_object_would_be_found(version: str) -> None:
    wrong = deepcopy(named(of_file("minimal"), "Deployment", "desk-api"))
    pod_of(wrong)["hostNetworks"] = True
    container_of(wrong)["ports"][0]["containerPort"] = "http"
    found = " ".join(faults(wrong, version))
    assert "hostNetworks" in found
    assert "containerPort" in found


def test_the_chart_admits_the_kubernetes_that_is_checked() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert chart["kubeVersion"] == f">={OLDEST}.0-0"


@pytest.mark.parametrize("name", NAMES)
def test_an_object_is_made_once(name: str) -> None:
    made = [(m["kind"], m["metadata"]["name"]) for m in of_file(name)]
    assert len(made) == len(set(made))
    assert all(len(name) <= 63 for _, name in made)


@pytest.mark.parametrize("name", NAMES)
def test_secrets_are_named_never_made(name: str) -> None:
    assert of_kind(of_file(name), "Secret") == []
    for _, workload in workloads(of_file(name)):
        for variable, value in variables(workload).items():
            if SECRET_NAME.search(variable) and not variable.endswith("_PATH"):
                is_reference = value.startswith(("secret:", "/run/secrets/"))
                assert is_reference, variable


@pytest.mark.parametrize("name", NAMES)
def test_every_mount_has_its_volume_and_no_volume_is_unused(name: str) -> None:
    for component, workload in workloads(of_file(name)):
        mounted = [mount["name"] for mount in container_of(workload)["volumeMounts"]]
        assert sorted(mounted) == sorted(v["name"] for v in pod_of(workload)["volumes"]), component


@pytest.mark.parametrize("name", NAMES)
def test_every_file_of_a_variable_is_mounted(name: str) -> None:
    for component, workload in workloads(of_file(name)):
        mounts = {m["mountPath"] for m in container_of(workload)["volumeMounts"]}
        for variable, value in variables(workload).items():
            if value.startswith("/"):
                assert any(value.startswith(path) for path in mounts), (component, variable)


@pytest.mark.parametrize("name", NAMES)
def test_every_config_map_that_the_release_makes_is_used(name: str) -> None:
    made = {m["metadata"]["name"] for m in of_kind(of_file(name), "ConfigMap")}
    used = {
        volume["configMap"]["name"]
        for _, workload in workloads(of_file(name))
        for volume in pod_of(workload)["volumes"]
        if "configMap" in volume
    }
    assert made <= used


def test_a_policy_file_in_a_folder_is_mounted_in_that_folder() -> None:
    [volume] = [
        v
        for v in pod_of(named(of_file("everything"), "Deployment", "desk-api"))["volumes"]
        if v["name"] == "policies"
    ]
    paths = {item["path"]: item["key"] for item in volume["configMap"]["items"]}
    assert paths.keys() == {"contently.yaml", "templates/contently/en/opened.subject.j2"}
    data = named(of_file("everything"), "ConfigMap", volume["configMap"]["name"])["data"]
    assert data[paths["templates/contently/en/opened.subject.j2"]] == "Opened\n"


def test_the_examples_have_contracts_issuers_and_agents_that_are_read(tmp_path: Path) -> None:
    contracts = values_of("development")["contracts"]["files"]
    for file, text in contracts.items():
        assert contract_from(yaml.safe_load(text)).account == file.removesuffix(".yaml")
    issuers = tmp_path / "oidc.yaml"
    issuers.write_text(named(of_file("production"), "ConfigMap", "desk-oidc")["data"][issuers.name])
    [issuer] = read_oidc_file(issuers).issuers
    assert issuer.audience == "durable-desk"
    agents = named(of_file("development"), "ConfigMap", "desk-agents")["data"]["agents.yaml"]
    assert [agent.id for agent in parse_agents(agents.encode(), tmp_path / "agents.yaml")] == [
        "sam"
    ]


def triggers(scaler: Manifest) -> dict[str, dict[str, str]]:
    return {trigger["name"]: trigger["metadata"] for trigger in scaler["spec"]["triggers"]}


def test_workers_are_scaled_by_the_latency_of_their_own_tasks() -> None:
    [scaler] = of_kind(of_file("production"), "ScaledObject")
    deployment = scaler["spec"]["scaleTargetRef"]["name"]
    assert "replicas" not in named(of_file("production"), "Deployment", deployment)["spec"]
    given = triggers(scaler)
    assert given.keys() == {"workflow-task", "activity"}
    pod = f"{deployment}-7d4b9c-x2x4z"
    for task, trigger in given.items():
        promql_parser.parse(trigger["query"])
        metric = f"temporal_{task.replace('-', '_')}_schedule_to_start_latency_seconds_bucket"
        assert metric in trigger["query"]
        [pods] = re.findall(r'pod=~"(.+?)"', trigger["query"])
        assert re.fullmatch(pods, pod)
        assert not re.fullmatch(pods, pod.replace("0-1-0", "0-2-0"))


def test_the_metrics_that_scale_are_those_of_the_alerts() -> None:
    alerts = (CHART.parents[1] / "docs" / "ops" / "alerts.yaml").read_text(encoding="utf-8")
    [scaler] = of_kind(of_file("production"), "ScaledObject")
    for trigger in triggers(scaler).values():
        [metric] = re.findall(r"temporal_\w+", trigger["query"])
        assert metric in alerts


def test_the_api_is_scaled_by_its_processor_time() -> None:
    [scaler] = of_kind(of_file("production"), "HorizontalPodAutoscaler")
    assert scaler["spec"]["scaleTargetRef"]["name"] == "desk-api"
    assert "replicas" not in named(of_file("production"), "Deployment", "desk-api")["spec"]
    assert container_of(named(of_file("production"), "Deployment", "desk-api"))["resources"][
        "requests"
    ]["cpu"]


def test_set_up_and_replay_come_before_new_pods() -> None:
    hooks = {
        component_of(m): m["metadata"]["annotations"] for m in of_kind(of_file("minimal"), "Job")
    }
    assert hooks["setup"][HOOK] == "pre-install,pre-upgrade"
    # A release keeps its hooks, so before a roll-back the old code replays.
    assert hooks["replay"][HOOK] == "pre-upgrade,pre-rollback"
    assert int(hooks["setup"][f"{HOOK}-weight"]) < int(hooks["replay"][f"{HOOK}-weight"])


def test_what_a_hook_needs_is_there_before_it() -> None:
    for component in ("setup", "replay"):
        job = named(of_file("production"), "Job", f"desk-{component}")
        for kind in ("ServiceAccount", "NetworkPolicy"):
            needed = named(of_file("production"), kind, f"desk-{component}")
            of_job, of_needed = (m["metadata"]["annotations"] for m in (job, needed))
            assert of_needed[HOOK] == of_job[HOOK]
            assert int(of_needed[f"{HOOK}-weight"]) < int(of_job[f"{HOOK}-weight"])


def test_notes_tell_how_to_promote_a_build() -> None:
    [notes] = [
        text
        for name, text in rendered_files()["everything"]["manifests"].items()
        if name.endswith("NOTES.txt")
    ]
    assert "exec deployment/desk-worker-0-2-0-rc-" in notes
    assert "desk promote --deployment desk --build 0.2.0_RC" in notes
