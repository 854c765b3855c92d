"""The processes of a cluster: the services of docker-compose.yml on loopback.

A value of that file is replaced only where it names something that does not exist here: a host, a
port, or a path in a container.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from commands.processes.supervised_process import SupervisedProcess
from deploy.cluster.addresses import LOOPBACK, REPLICAS, Addresses
from deploy.cluster.compose_file import ComposeFile, ComposeService
from deploy.cluster.postgres import Postgres
from deploy.cluster.programs import program, search_path
from deploy.cluster.state import State
from deploy.cluster.temporal_programs import TemporalPrograms
from settings import ROOT

SCHEMAS = "/etc/temporal/schema"
"""The schemas in the container of the SQL tool."""
CADDYFILE = ROOT / "deploy" / "Caddyfile"
OF_TEMPORAL = {"frontend": REPLICAS, "history": REPLICAS, "matching": REPLICAS, "worker": 1}
"""The number of processes of each service."""


@dataclass(frozen=True)
class Changes:
    """Settings that an experiment changes, by process of docker-compose.yml. An empty text takes
    the default.
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    """Those of `.env`."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Those of workers and APIs."""
    temporal: Mapping[str, str] = field(default_factory=dict)
    """Those of the Temporal server."""
    replicas: Mapping[str, int] = field(default_factory=dict)
    """Numbers of processes: of `frontend`, `history` and `matching`, and of the desk's `worker` and
    `api`.
    """
    launchers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The words before the command of a process, by its name. They run as this program does."""
    wrappers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Words after those, which run as the account of the process."""

    def launched(self, name: str, command: list[str]) -> list[str]:
        """The command of a process with the words before it."""
        return [*self.launchers.get(name, ()), *self.wrappers.get(name, ()), *command]


class Processes:
    """Makes every process of a cluster, and the commands that prepare it."""

    def __init__(self, state: State, addresses: Addresses, changes: Changes | None = None) -> None:
        self.state = state
        self.addresses = addresses
        self._changes = changes or Changes()
        self.compose = ComposeFile(self._variables(), state.volumes)
        self.temporal_version = self.compose.service("temporal").version

    def postgres(self) -> Postgres:
        """The database."""
        user = self.compose.service("postgres").environment["POSTGRES_USER"]
        return Postgres(
            self.state.postgres,
            self._log("postgres"),
            (self.addresses.host("postgres"), self.addresses.postgres),
            (user, self.state.secrets.password),
            self._changes.launchers.get("postgres", ()),
            self._changes.wrappers.get("postgres", ()),
        )

    def schema(self, programs: TemporalPrograms) -> SupervisedProcess:
        """Creates and migrates both databases, then ends."""
        service = self.compose.service("temporal-schema")
        command = [word.replace(SCHEMAS, str(programs.schemas)) for word in _command(service)]
        settings = service.settings | {
            "SQL_HOST": self.addresses.host("postgres"),
            "SQL_PORT": str(self.addresses.postgres),
            "PATH": search_path(programs.folder),
        }
        return SupervisedProcess("temporal-schema", command, settings, self._log("temporal-schema"))

    def temporal(self, programs: TemporalPrograms) -> dict[str, tuple[SupervisedProcess, ...]]:
        """Each service of the Temporal server, in the order of their start."""
        replicas = {service: self._replicas(service) for service in OF_TEMPORAL}
        # The changed number is that of the desk's worker.
        replicas["worker"] = range(1, OF_TEMPORAL["worker"] + 1)
        return {
            service: tuple(self._temporal(programs, service, replica) for replica in numbers)
            for service, numbers in replicas.items()
        }

    def setup(self) -> SupervisedProcess:
        """Creates the namespace and its search attributes, then ends."""
        return self._of_desk("setup", 1, {})

    def workers(self) -> tuple[SupervisedProcess, ...]:
        """The workers of the desk. Each connects to the frontend of its number, if there is one."""
        return tuple(
            self._of_desk(
                "worker",
                replica,
                {"DESK_METRICS_ADDRESS": self._metrics("worker", replica)},
            )
            for replica in self._replicas("worker")
        )

    def apis(self) -> tuple[SupervisedProcess, ...]:
        """The APIs of the desk, likewise."""
        return tuple(
            self._of_desk(
                "api",
                replica,
                {
                    "DESK_METRICS_ADDRESS": self._metrics("api", replica),
                    "DESK_API_HOST": LOOPBACK,
                    "DESK_API_PORT": str(self.addresses.api(replica)),
                    "DESK_TRUSTED_PROXIES": LOOPBACK,
                },
            )
            for replica in self._replicas("api")
        )

    def proxy(self) -> SupervisedProcess:
        """TLS in front of the APIs."""
        apis = [f"{LOOPBACK}:{self.addresses.api(n)}" for n in self._replicas("api")]
        settings = self.compose.service("proxy").settings | {
            "UPSTREAM": " ".join(apis),
            "HTTPS_PORT": str(self.addresses.proxy),
            "HTTP_PORT": str(self.addresses.proxy_http),
            "HEALTH_PORT": str(self.addresses.proxy_health),
            "HOME": str(self.state.volume("proxy-config")),
            "XDG_CONFIG_HOME": str(self.state.volume("proxy-config")),
            "XDG_DATA_HOME": str(self.state.volume("proxy-data")),
        }
        command = [str(program("caddy")), "run", "--config", str(CADDYFILE)]
        return SupervisedProcess(
            "proxy", [*command, "--adapter", "caddyfile"], settings, self._log("proxy")
        )

    @property
    def proxy_authority(self) -> Path:
        """The authority of the proxy's certificate."""
        return self.state.volumes / "proxy-data" / "caddy/pki/authorities/local/root.crt"

    def client_settings(self, service: str = "api", replica: int = 1) -> dict[str, str]:
        """The variables of a process of the desk. Others connect to Temporal by them as well."""
        settings = self.compose.service(service).settings
        frontend = 1 + (replica - 1) % len(self._replicas("frontend"))
        host = self.addresses.host(f"temporal-frontend-{frontend}")
        settings["TEMPORAL_ADDRESS"] = f"{host}:{self.addresses.grpc('frontend', frontend)}"
        return settings | dict(self._changes.settings)

    def write_environment(self) -> Path:
        """Writes the variables of the connection to Temporal into a file for shells."""
        file = self.state.directory / "temporal.env"
        own = self.client_settings()
        lines = [f"export {name}={own[name]}\n" for name in own if name.startswith("TEMPORAL_")]
        file.write_text("".join(lines), encoding="utf-8")
        return file

    def _temporal(
        self, programs: TemporalPrograms, service: str, replica: int
    ) -> SupervisedProcess:
        ports, name = self.addresses, f"temporal-{service}-{replica}"
        prefix = service.upper()
        settings = self.compose.service("temporal").settings | {
            "POSTGRES_SEEDS": ports.host("postgres"),
            "DB_PORT": str(ports.postgres),
            "BIND_ON_IP": ports.host(name),
            f"{prefix}_GRPC_PORT": str(ports.grpc(service, replica)),
            f"{prefix}_MEMBERSHIP_PORT": str(ports.membership(service, replica)),
        }
        if service == "frontend":
            settings["FRONTEND_HTTP_PORT"] = str(ports.http(replica))
        command = self._changes.launched(
            name, [str(programs.server), "start", "--service", service]
        )
        return SupervisedProcess(
            name, command, settings | dict(self._changes.temporal), self._log(name)
        )

    def _of_desk(self, name: str, replica: int, own: dict[str, str]) -> SupervisedProcess:
        service = self.compose.service(name)
        for path in service.mounts.values():
            if path.parent == self.state.volumes:
                self.state.volume(path.name)
        settings = self.client_settings(name, replica) | own | {"PATH": search_path()}
        # `python -m worker` finds the module from everywhere: the project is installed.
        command = [word.replace("python", str(program("python"))) for word in _command(service)]
        own_name = name if name == "setup" else f"{name}-{replica}"
        command = self._changes.launched(own_name, command)
        return SupervisedProcess(own_name, command, settings, self._log(own_name))

    def _replicas(self, process: str) -> range:
        return range(1, self._changes.replicas.get(process, REPLICAS) + 1)

    def _metrics(self, process: str, replica: int) -> str:
        return f"{LOOPBACK}:{self.addresses.metrics(process, replica)}"

    def _log(self, name: str) -> Path:
        return self.state.logs / f"{name}.log"

    def _variables(self) -> dict[str, str]:
        """Those of `.env`: what a person sets, and what is different here."""
        secrets = self.state.secrets
        return {
            **os.environ,
            "POSTGRES_PASSWORD": secrets.password,
            "TOKENS_FILE": str(secrets.tokens),
            "MASTER_KEYS_FILE": str(secrets.master_keys),
            "CERTIFICATES_DIR": str(secrets.certificates),
            "MAIL_HOST": LOOPBACK,
            "MAIL_PORT": str(self.addresses.mail),
            "DOMAIN": "localhost",
            **self._changes.variables,
        }


def _command(service: ComposeService) -> list[str]:
    return [*service.entrypoint, *service.command]
