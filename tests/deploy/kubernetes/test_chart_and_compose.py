"""Kubernetes and Docker Compose run the same desk: same settings, same versions."""

import re
import tomllib
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

from settings import PREFIX, Settings
from tests.deploy.kubernetes.charts import (
    CHART,
    FILES,
    ROOT,
    Manifest,
    container_of,
    of_file,
    pod_of,
    variables,
    workloads,
)
from tests.test_deployment import COMPOSE, NOT_PASSED, SERVICES, environment
from workflows.temporal.connection import TASK_QUEUE

COMPONENTS = ("worker", "api", "codec")
ONLY_COMPOSE = {
    "DESK_KEYS_FILE": "API keys need a local volume, so they suit one machine; use OpenID Connect",
}
"""Settings that the chart does not pass on, and why."""
ONLY_CHART = {
    "DESK_DEPLOYMENT": "builds side by side; Docker Compose replaces the worker in place",
    "DESK_BUILD": "as DESK_DEPLOYMENT",
    "DESK_ENCRYPTION_KMS_URL": "several nodes; on one host the master keys are a file",
    "DESK_ENCRYPTION_KMS_TOKEN_FILE": "as DESK_ENCRYPTION_KMS_URL",
    "TEMPORAL_API_KEY": "Temporal Cloud; Docker Compose has a server of its own, by certificates",
    "PGPASSWORD": "data keys in PostgreSQL; Docker Compose has them in a volume",
    "PGSSLROOTCERT": "as PGPASSWORD",
    "OTEL_TRACES_SAMPLER": "an example of extraEnv in the values of the tests",
}
"""Variables that only the chart passes on, and why."""
SAME = re.compile(r"(_PORT|_FORMAT|_GRACE_SECONDS|^TEMPORAL_NAMESPACE)$")
"""Variables with the same value in both by default."""


def of_chart(component: str, name: str = "everything") -> dict[str, str]:
    found: dict[str, str] = {}
    for of, workload in workloads(of_file(name)):
        if of == component:
            found |= variables(workload)
    return found


@pytest.mark.parametrize("component", COMPONENTS)
def test_each_process_gets_the_same_variables_or_there_is_a_reason(component: str) -> None:
    compose, chart = set(environment(SERVICES[component])), set(of_chart(component))
    assert compose - chart <= ONLY_COMPOSE.keys()
    assert chart - compose <= ONLY_CHART.keys()


def test_no_reason_is_out_of_date() -> None:
    compose = {name for each in COMPONENTS for name in environment(SERVICES[each])}
    chart = {name for each in COMPONENTS for name in of_chart(each)}
    assert compose - chart == ONLY_COMPOSE.keys()
    assert chart - compose == ONLY_CHART.keys()


def test_the_chart_passes_every_setting_on_or_leaves_it_out_for_a_reason() -> None:
    known = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    given = {name for each in COMPONENTS for name in of_chart(each)}
    assert known - given == (NOT_PASSED.keys() | ONLY_COMPOSE.keys()) - ONLY_CHART.keys()
    assert {name for name in given if name.startswith(PREFIX)} <= known


@pytest.mark.parametrize("component", COMPONENTS)
def test_ports_formats_and_times_are_equal(component: str) -> None:
    compose = environment(SERVICES[component])
    chart = of_chart(component, "minimal") or of_chart(component, "production")
    fixed = {name for name in compose if SAME.search(name) and "$" not in compose[name]}
    assert fixed
    assert {name: chart[name] for name in fixed} == {name: compose[name] for name in fixed}


@pytest.mark.parametrize("component", ["worker", "api", "codec"])
def test_a_process_has_the_same_time_to_stop(component: str) -> None:
    [workload, *_] = [w for of, w in workloads(of_file("production")) if of == component]
    grace = SERVICES[component].get("stop_grace_period", "30s")
    assert f"{pod_of(workload)['terminationGracePeriodSeconds']}s" == grace


def test_set_up_is_the_same_program() -> None:
    [workload] = [w for of, w in workloads(of_file("minimal")) if of == "setup"]
    script = container_of(workload)["command"][-1]
    [compose] = SERVICES["setup"]["command"]
    assert script.replace('"$TEMPORAL_NAMESPACE"', '"$$TEMPORAL_NAMESPACE"').split() == (
        compose.split()
    )


def test_the_probe_of_the_worker_asks_what_compose_asks() -> None:
    [_, asked] = SERVICES["worker"]["healthcheck"]["test"]
    [workload] = [w for of, w in workloads(of_file("minimal")) if of == "worker"]
    ready = container_of(workload)["readinessProbe"]["exec"]["command"][-1]
    assert ready.partition("|")[0] == asked.partition("|")[0]
    assert f"--task-queue {TASK_QUEUE}" in ready


def test_chart_image_and_package_are_of_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert chart["version"] == chart["appVersion"] == project["version"]
    for _, workload in workloads(of_file("minimal")):
        assert container_of(workload)["image"] == SERVICES["worker"]["image"]


def test_every_image_has_an_exact_tag() -> None:
    of_compose = [service["image"] for service in SERVICES.values()]
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    of_build = re.findall(r"^ARG PYTHON_IMAGE=(\S+)$", dockerfile, re.MULTILINE)
    assert {*re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)} == {"${PYTHON_IMAGE}"}
    of_charts = [
        container_of(workload)["image"].partition("@")[0]
        for path in FILES
        for _, workload in workloads(of_file(path.stem))
    ]
    for image in {*of_compose, *of_build, *of_charts}:
        assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-[\w-]+)?", image), image


def filled(component: str, name: str, folder: Any) -> dict[str, str]:
    """The settings of a process, with the files that are mounted from elsewhere."""
    given = {k: v for k, v in of_chart(component, name).items() if k.startswith(PREFIX)}
    for variable, value in given.items():
        if value.startswith("secret:"):
            given[variable] = f"{'A' * 43}="  # 32 bytes in base64, which suit every one
    tokens = folder / "tokens.json"
    tokens.write_text('{"a-long-random-token": {"id": "ada", "role": "agent"}}')
    if "DESK_TOKENS_FILE" in given:
        given["DESK_TOKENS_FILE"] = str(tokens)
    return given


@pytest.mark.parametrize("name", [path.stem for path in FILES])
@pytest.mark.parametrize("component", COMPONENTS)
def test_every_process_accepts_the_settings_that_it_gets(
    component: str, name: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = filled(component, name, tmp_path)
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    settings = Settings()
    if given and component == "api":
        assert settings.has_credentials
    if name == "production" and component == "worker":
        assert settings.encrypts
        assert settings.build == "0.1.0"


def test_a_value_that_is_empty_keeps_the_default() -> None:
    """So that defaults are in one place, the settings."""
    for component in ("worker", "api"):
        given = of_chart(component, "minimal")
        assert [name for name, value in given.items() if value == ""] == []
        assert "DESK_MAIL_PORT" not in given
        assert "DESK_REQUESTS_PER_SECOND" not in given


def test_zero_is_a_value() -> None:
    assert of_chart("api")["DESK_OPENINGS_PER_SECOND"] == "0"
    assert of_chart("api")["DESK_MAX_CONNECTIONS"] == "100000"


def test_the_namespace_keeps_closed_tickets_as_long() -> None:
    values: dict[str, Any] = YAML(typ="safe").load((CHART / "values.yaml").read_text())
    assert f"--retention {values['connection']['retention']} " in COMPOSE.read_text()


def test_of_the_chart_only_servers_and_jobs_run() -> None:
    manifests: list[Manifest] = of_file("everything")
    assert {of for of, _ in workloads(manifests)} == {*COMPONENTS, "setup", "replay"}
