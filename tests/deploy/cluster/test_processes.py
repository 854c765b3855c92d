"""The cluster has the settings of docker-compose.yml, and no copy of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from commands.processes.supervised_process import SupervisedProcess
from deploy.cluster import postgres
from deploy.cluster.addresses import LOOPBACK, Addresses
from deploy.cluster.compose_file import ComposeFile
from deploy.cluster.processes import Changes, Processes
from deploy.cluster.state import State
from deploy.cluster.temporal_programs import TemporalPrograms
from settings import ROOT

PROGRAMS = TemporalPrograms("1.2.3", Path("/tools"))
HOSTS_AND_PORTS = {
    "temporal": {"POSTGRES_SEEDS", "DB_PORT", "BIND_ON_IP"},
    "worker": {"TEMPORAL_ADDRESS", "DESK_METRICS_ADDRESS"},
    "api": {
        "TEMPORAL_ADDRESS",
        "DESK_METRICS_ADDRESS",
        "DESK_API_HOST",
        "DESK_API_PORT",
        "DESK_TRUSTED_PROXIES",
    },
    "setup": {"TEMPORAL_ADDRESS"},
    "temporal-schema": {"SQL_HOST", "SQL_PORT"},
}
"""The variables of a service that cannot have the same value without containers."""
OF_CONTAINERS = ("/etc/", "/run/", "/var/lib/")


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Processes:
    state = State(tmp_path_factory.mktemp("cluster"))
    state.make()
    return Processes(state, Addresses())


def environment(processes: Processes, service: str) -> dict[str, str]:
    """What the process of a service gets."""
    processes_by_service: dict[str, Callable[[], SupervisedProcess]] = {
        "temporal": lambda: processes.temporal(PROGRAMS)["history"][1],
        "temporal-schema": lambda: processes.schema(PROGRAMS),
        "setup": processes.setup,
        "worker": lambda: processes.workers()[1],
        "api": lambda: processes.apis()[1],
    }
    return processes_by_service[service]().environment


@pytest.mark.parametrize("service", sorted(HOSTS_AND_PORTS))
def test_a_process_has_every_variable_of_its_service(processes: Processes, service: str) -> None:
    given = environment(processes, service)
    of_file = processes.compose.service(service).environment
    changed = {
        name
        for name, value in of_file.items()
        if given[name] != value and not value.startswith(OF_CONTAINERS)
    }
    assert changed == HOSTS_AND_PORTS[service]


@pytest.mark.parametrize("service", sorted(HOSTS_AND_PORTS))
def test_a_path_in_a_container_is_one_of_this_machine(processes: Processes, service: str) -> None:
    given = environment(processes, service)
    of_file = processes.compose.service(service).environment
    paths = [name for name, value in of_file.items() if value.startswith(OF_CONTAINERS)]
    for name in paths:
        path = Path(given[name])
        assert path.is_relative_to(ROOT) or path.is_relative_to(processes.state.directory)
        assert path.exists() or path.parent.exists(), name


def test_each_process_of_temporal_has_ports_of_its_own(processes: Processes) -> None:
    services = processes.temporal(PROGRAMS)
    assert {name: len(each) for name, each in services.items()} == {
        "frontend": 2,
        "history": 2,
        "matching": 2,
        "worker": 1,
    }
    ports = [
        each.environment[f"{name.upper()}_{kind}_PORT"]
        for name, replicas in services.items()
        for each in replicas
        for kind in ("GRPC", "MEMBERSHIP")
    ]
    assert len({*ports}) == len(ports)
    own = Addresses().all
    assert len({*own}) == len(own)
    assert {*map(int, ports)} <= {*own}


def test_nothing_listens_outside_of_this_machine(processes: Processes) -> None:
    for service in HOSTS_AND_PORTS:
        given = environment(processes, service)
        assert [name for name, value in given.items() if value.startswith("0.0.0.0")] == []
    assert environment(processes, "temporal")["BIND_ON_IP"] == LOOPBACK
    assert f"listen_addresses={LOOPBACK}" in processes.postgres().command


def test_schema_and_namespace_are_made_by_the_commands_of_the_file(processes: Processes) -> None:
    schema = processes.schema(PROGRAMS).command
    assert "temporal-sql-tool --database" in schema[-1]
    assert f"{PROGRAMS.schemas}/postgresql" in schema[-1]
    assert "/etc/temporal" not in schema[-1]
    setup = processes.setup().command
    assert setup == [*processes.compose.service("setup").entrypoint, setup[-1]]
    assert "namespace create --retention 30d" in setup[-1]
    assert "$$" not in setup[-1]


def test_the_version_of_temporal_is_that_of_the_image(processes: Processes) -> None:
    image = processes.compose.service("temporal").image
    assert image == f"temporalio/server:{processes.temporal_version}"


def test_a_person_sets_the_variables_of_the_file_in_the_environment(
    processes: Processes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("POLICIES_DIR", str(tmp_path))
    monkeypatch.setenv("PAGER_KEY", "key-of-the-pager")
    given = environment(Processes(processes.state, Addresses()), "worker")
    assert given["DESK_POLICIES"] == str(tmp_path)
    assert given["DESK_PAGER_KEY"] == "key-of-the-pager"


def test_an_experiment_changes_what_it_names(processes: Processes) -> None:
    changes = Changes(settings={"DESK_ACTION_TIME": "temporal"}, temporal={"LOG_LEVEL": "warn"})
    changed = Processes(processes.state, Addresses(), changes)
    assert changed.workers()[0].environment["DESK_ACTION_TIME"] == "temporal"
    assert changed.temporal(PROGRAMS)["frontend"][0].environment["LOG_LEVEL"] == "warn"


def test_a_process_on_a_host_of_its_own_is_reached_there(processes: Processes) -> None:
    hosts = {"postgres": "10.0.0.2", "temporal-frontend-1": "10.0.0.3"}
    elsewhere = Processes(processes.state, Addresses(hosts=hosts))
    assert "listen_addresses=10.0.0.2" in elsewhere.postgres().command
    assert elsewhere.schema(PROGRAMS).environment["SQL_HOST"] == "10.0.0.2"
    for replica, own in ((0, "10.0.0.3"), (1, LOOPBACK)):
        frontend = elsewhere.temporal(PROGRAMS)["frontend"][replica].environment
        assert (frontend["POSTGRES_SEEDS"], frontend["BIND_ON_IP"]) == ("10.0.0.2", own)
        for client in (elsewhere.workers()[replica], elsewhere.apis()[replica]):
            assert client.environment["TEMPORAL_ADDRESS"].startswith(f"{own}:")


def test_words_before_a_command_run_before_it_and_before_the_account_of_the_database(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "account", lambda: "postgres")
    changes = Changes(
        launchers={"postgres": ("on-host",), "worker-1": ("on-host",)},
        wrappers={"postgres": ("with-clock",), "worker-1": ("with-clock",)},
    )
    changed = Processes(processes.state, Addresses(), changes)
    plain, wrapped = processes.workers()[0].command, changed.workers()[0].command
    assert wrapped == ["on-host", "with-clock", *plain]
    assert changed.workers()[1].command == processes.workers()[1].command
    command = changed.postgres().command
    as_account = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    assert command[:5] == ["on-host", *as_account]
    assert command[command.index("--") + 1] == "with-clock"
    assert command[command.index("with-clock") + 1 :] == processes.postgres().command


def test_an_experiment_has_more_processes_of_one_kind(processes: Processes) -> None:
    changes = Changes(replicas={"history": 3, "worker": 3, "api": 1})
    changed = Processes(processes.state, Addresses(), changes)
    services = changed.temporal(PROGRAMS)
    assert {name: len(each) for name, each in services.items()} == {
        "frontend": 2,
        "history": 3,
        "matching": 2,
        "worker": 1,
    }
    assert (len(changed.workers()), len(changed.apis())) == (3, 1)
    frontends = [each.environment["TEMPORAL_ADDRESS"] for each in changed.workers()]
    assert frontends[0] == frontends[2] != frontends[1]
    third = services["history"][2].environment["HISTORY_GRPC_PORT"]
    assert int(third) in Addresses().all


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${SET}", "x"),
        ("${SET:-default}", "x"),
        ("${UNSET:-default}", "default"),
        ("${EMPTY:-default}", "default"),
        ("${UNSET:-}", ""),
        ("$$HOME is $${HOME}", "$HOME is ${HOME}"),
        ("${SET:-a}/${UNSET:-b}", "x/b"),
    ],
)
def test_variables_are_filled_in_as_docker_compose_does(
    text: str, value: str, tmp_path: Path
) -> None:
    file = tmp_path / "docker-compose.yml"
    file.write_text(f"services: {{one: {{image: 'a:1', command: ['{text}']}}}}")
    compose = ComposeFile({"SET": "x", "EMPTY": ""}, tmp_path, file)
    assert compose.service("one").command == (value,)
