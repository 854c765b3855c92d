"""The addresses of the cluster: loopback, and ports in a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.tcp_ports import is_free

LOOPBACK = "127.0.0.1"
FIRST_PORT = 17000
"""Below those that the system assigns to connections, and of no program that is known."""
REPLICAS = 2
"""Of each frontend, history, matching, worker and API."""
MOST_REPLICAS = 3
"""For how many there are ports, so that an experiment can have one more."""
TEMPORAL_SERVICES = ("frontend", "history", "matching", "worker")


@dataclass(frozen=True)
class Addresses:
    """Ports from the first one on. People need that of the proxy, which is the first."""

    first: int = FIRST_PORT
    hosts: Mapping[str, str] = field(default_factory=dict)
    """The address of each process that is not on loopback, by the name of the process."""

    def host(self, process: str) -> str:
        """The address of the host of a process."""
        return self.hosts.get(process, LOOPBACK)

    @property
    def proxy(self) -> int:
        """HTTPS."""
        return self.first

    @property
    def proxy_http(self) -> int:
        """Redirects to HTTPS."""
        return self.first + 1

    @property
    def proxy_health(self) -> int:
        """For the health check of the proxy."""
        return self.first + 2

    @property
    def mail(self) -> int:
        """The mail catcher, SMTP."""
        return self.first + 3

    @property
    def postgres(self) -> int:
        """PostgreSQL."""
        return self.first + 4

    def api(self, replica: int) -> int:
        """HTTP of an API. Replicas count from 1."""
        return self.first + 10 + replica

    def metrics(self, process: str, replica: int) -> int:
        """Metrics of an API or a worker."""
        return self.first + {"api": 20, "worker": 30}[process] + replica

    def grpc(self, service: str, replica: int) -> int:
        """A service of Temporal."""
        return self.first + 40 + 10 * TEMPORAL_SERVICES.index(service) + replica

    def membership(self, service: str, replica: int) -> int:
        """Where the services of Temporal find each other."""
        return self.grpc(service, replica) + 100

    def http(self, replica: int) -> int:
        """The HTTP API of a frontend, which nobody here uses."""
        return self.grpc("frontend", replica) + 200

    @property
    def all(self) -> tuple[int, ...]:
        """Every port."""
        replicas = range(1, MOST_REPLICAS + 1)
        own = [self.proxy, self.proxy_http, self.proxy_health, self.mail, self.postgres]
        own += [self.api(n) for n in replicas] + [self.http(n) for n in replicas]
        own += [self.metrics(process, n) for process in ("api", "worker") for n in replicas]
        for service in TEMPORAL_SERVICES:
            own += [self.grpc(service, n) for n in replicas]
            own += [self.membership(service, n) for n in replicas]
        return tuple(own)

    def require_free(self) -> None:
        """Raises a Failure that lists the ports that are taken."""
        taken = [str(port) for port in self.all if not is_free(LOOPBACK, port)]
        if taken:
            raise Failure(
                ExitCode.PORT_TAKEN,
                f"On {LOOPBACK}, these ports are in use: {', '.join(taken)}. Another cluster may "
                "run. Stop it, or choose other ports with --first-port.",
            )
