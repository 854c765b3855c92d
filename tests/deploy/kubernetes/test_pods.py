"""Pods of the chart: without rights, spread, probed, ended in time, walled in."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.kubernetes.charts import (
    FILES,
    Manifest,
    component_of,
    container_of,
    named,
    of_file,
    of_kind,
    pod_of,
    variables,
    workloads,
)
from workflows.temporal.connection import TASK_QUEUE

NAMES = [path.stem for path in FILES]
WORKLOADS = [
    pytest.param(name, component, id=f"{name}-{component}")
    for name in NAMES
    for component in ("worker", "api", "codec", "setup", "replay")
    if component != "codec" or name in ("production", "everything")
]
HOST = "desk-worker-7d4b9c-x2x4z"
SERVERS = {"worker", "api", "codec"}


def of_component(name: str, component: str) -> list[Manifest]:
    return [workload for found, workload in workloads(of_file(name)) if found == component]


@pytest.mark.parametrize(("name", "component"), WORKLOADS)
def test_a_process_has_no_rights(name: str, component: str) -> None:
    for workload in of_component(name, component):
        pod, container = pod_of(workload), container_of(workload)
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] == 10001
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        own = container["securityContext"]
        assert own["allowPrivilegeEscalation"] is False
        assert own["readOnlyRootFilesystem"] is True
        assert own["capabilities"] == {"drop": ["ALL"]}
        for risky in ("hostNetwork", "hostPID", "hostIPC", "initContainers"):
            assert risky not in pod
        kinds = {kind for volume in pod["volumes"] for kind in volume} - {"name"}
        assert kinds <= {"emptyDir", "secret", "configMap"}


@pytest.mark.parametrize(("name", "component"), WORKLOADS)
def test_no_pod_can_call_the_api_server(name: str, component: str) -> None:
    for workload in of_component(name, component):
        pod = pod_of(workload)
        account = named(of_file(name), "ServiceAccount", pod["serviceAccountName"])
        assert account["automountServiceAccountToken"] is False
        assert pod["automountServiceAccountToken"] is False
    assert not [m for m in of_file(name) if "Role" in m["kind"]]


@pytest.mark.parametrize(("name", "component"), WORKLOADS)
def test_memory_is_limited_and_cpu_is_requested(name: str, component: str) -> None:
    for workload in of_component(name, component):
        resources = container_of(workload)["resources"]
        assert resources["requests"].keys() == {"cpu", "memory"}
        assert resources["limits"]["memory"]


@pytest.mark.parametrize(("name", "component"), WORKLOADS)
def test_secrets_are_readable_for_the_process_only(name: str, component: str) -> None:
    """With fsGroup, Kubernetes gives the group of the process to mounted Secrets."""
    for workload in of_component(name, component):
        pod = pod_of(workload)
        modes = {v["secret"]["defaultMode"] for v in pod["volumes"] if "secret" in v}
        assert modes <= {0o440}
        assert pod["securityContext"]["fsGroup"] == pod["securityContext"]["runAsGroup"]


@pytest.mark.parametrize("name", NAMES)
def test_servers_are_spread_and_lose_one_pod_at_a_time(name: str) -> None:
    budgets = of_kind(of_file(name), "PodDisruptionBudget")
    for deployment in of_kind(of_file(name), "Deployment"):
        keys = [c["topologyKey"] for c in pod_of(deployment)["topologySpreadConstraints"]]
        assert keys == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
        selector = deployment["spec"]["selector"]
        [budget] = [b for b in budgets if b["spec"]["selector"] == selector]
        assert budget["spec"]["maxUnavailable"] == 1
        assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_selector_finds_the_pods_of_one_deployment_only(name: str) -> None:
    deployments = of_kind(of_file(name), "Deployment")
    for one in deployments:
        wanted = one["spec"]["selector"]["matchLabels"].items()
        found = [d for d in deployments if wanted <= labels_of(d).items()]
        assert found == [one]


def labels_of(workload: Manifest) -> dict[str, str]:
    labels: dict[str, str] = workload["spec"]["template"]["metadata"]["labels"]
    return labels


def test_the_api_is_probed_by_its_own_examination() -> None:
    container = container_of(named(of_file("minimal"), "Deployment", "desk-api"))
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}
    assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}


def test_a_worker_is_ready_while_temporal_lists_it() -> None:
    container = container_of(named(of_file("minimal"), "Deployment", "desk-worker"))
    described = f"temporal task-queue describe --legacy-mode --task-queue {TASK_QUEUE}"
    ready = container["readinessProbe"]["exec"]["command"]
    assert ready == ["sh", "-c", f'{described} | grep -q "@$(hostname) "']


def test_no_worker_is_restarted_because_temporal_is_away() -> None:
    container = container_of(named(of_file("minimal"), "Deployment", "desk-worker"))
    alive = container["livenessProbe"]["exec"]["command"][-1]
    assert alive.startswith("pollers=$(temporal ")
    assert ") || exit 0; " in alive


LISTED = """Pollers:
  Identity        LastAccessTime  RatePerSecond
  10883@{host}  4 seconds ago          100000
"""
"""What the CLI prints of a task queue with one poller."""
PROBES = {"readinessProbe": "ready", "livenessProbe": "alive"}


@pytest.mark.parametrize(
    ("printed", "exits", "passing"),
    [
        pytest.param(LISTED.format(host=HOST), 0, {"ready", "alive"}, id="listed"),
        pytest.param(LISTED.format(host=f"{HOST}-2"), 0, set(), id="a longer name is listed"),
        pytest.param("Pollers:", 0, set(), id="nobody is listed"),
        pytest.param("", 1, {"alive"}, id="Temporal is away"),
    ],
)
def test_probes_of_a_worker(printed: str, exits: int, passing: set[str], tmp_path: Path) -> None:
    """The programs of the probes, with a CLI that answers as Temporal would."""
    answers = {
        "temporal": f"cat <<'.'\n{printed}\n.\nexit {exits}",
        "hostname": f"echo {HOST}",
    }
    for name, script in answers.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    container = container_of(named(of_file("minimal"), "Deployment", "desk-worker"))
    passed = set()
    for probe, meaning in PROBES.items():
        path = f"{tmp_path}:{os.environ['PATH']}"
        done = subprocess.run(
            container[probe]["exec"]["command"], env={"PATH": path}, check=False, timeout=20
        )
        if done.returncode == 0:
            passed.add(meaning)
    assert passed == passing


@pytest.mark.parametrize("name", NAMES)
def test_a_worker_is_killed_only_after_its_activities_had_their_time(name: str) -> None:
    for worker in of_component(name, "worker"):
        grace = int(variables(worker)["DESK_GRACE_SECONDS"])
        assert pod_of(worker)["terminationGracePeriodSeconds"] >= grace + 10


@pytest.mark.parametrize("name", NAMES)
def test_an_api_takes_requests_until_the_service_knows_that_it_ends(name: str) -> None:
    for component in SERVERS - {"worker"}:
        for server in of_component(name, component):
            [sleep, seconds] = container_of(server)["lifecycle"]["preStop"]["exec"]["command"]
            assert sleep == "sleep"
            # 10 s for open requests, as docs/operations.md states.
            assert pod_of(server)["terminationGracePeriodSeconds"] > int(seconds) + 10


class TestNetwork:
    @pytest.mark.parametrize("name", NAMES)
    def test_nothing_passes_but_what_a_component_needs(self, name: str) -> None:
        policies = of_kind(of_file(name), "NetworkPolicy")
        [deny] = [p for p in policies if component_of(p) == "network"]
        assert deny["spec"].keys() == {"podSelector", "policyTypes"}
        for component, workload in workloads(of_file(name)):
            labels = labels_of(workload).items()
            selecting = [p for p in policies if selected_by(p) <= labels]
            assert {component_of(p) for p in selecting} == {"network", component}
            assert all(p["spec"]["policyTypes"] == ["Ingress", "Egress"] for p in selecting)

    @pytest.mark.parametrize("name", NAMES)
    def test_no_rule_admits_everybody(self, name: str) -> None:
        for policy in of_kind(of_file(name), "NetworkPolicy"):
            for rule in policy["spec"].get("ingress", []):
                assert rule["from"]
                assert rule["ports"]
            for rule in policy["spec"].get("egress", []):
                assert rule["ports"]

    def test_a_pod_reaches_the_services_that_its_settings_name(self) -> None:
        dns, temporal, store, vault = {53}, {7233}, {5432}, {8200}
        agreements, traces, oidc = {8443}, {4318}, {443}
        assert ports("worker") == (
            dns | temporal | store | vault | agreements | traces | {465, 8444}
        )
        assert ports("api") == dns | temporal | store | vault | agreements | traces | oidc
        assert ports("codec") == dns | store | vault | oidc
        assert ports("setup") == dns | temporal
        assert ports("replay") == dns | temporal | store | vault

    def test_without_a_service_there_is_no_way_to_it(self) -> None:
        assert ports("api", "minimal") == {53, 7233}
        assert ports("worker", "minimal") == {53, 7233, 25}

    def test_only_servers_are_reached_at_their_ports(self) -> None:
        reached = {
            component: {
                port["port"]
                for rule in policy_of(component)["spec"].get("ingress", [])
                for port in rule["ports"]
            }
            for component in ("worker", "api", "codec", "setup", "replay")
        }
        assert reached == {
            "worker": {"metrics"},
            "api": {"metrics", "http"},
            "codec": {"http"},
            "setup": set(),
            "replay": set(),
        }

    def test_nobody_reaches_a_pod_unless_named(self) -> None:
        policies = of_kind(of_file("minimal"), "NetworkPolicy")
        assert [p for p in policies if "ingress" in p["spec"]] == []


def selected_by(policy: Manifest) -> Any:
    return policy["spec"]["podSelector"]["matchLabels"].items()


def policy_of(component: str, name: str = "everything") -> Manifest:
    return named(of_file(name), "NetworkPolicy", f"desk-{component}")


def ports(component: str, name: str = "everything") -> set[int]:
    """The ports that pods of a component may connect to."""
    egress = policy_of(component, name)["spec"]["egress"]
    return {port["port"] for rule in egress for port in rule["ports"]}
