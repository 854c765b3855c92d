"""The cluster has the settings of docker-compose.yml, and no copy of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bootstrap.exit_codes import Failure
from deploy.cluster.addresses import LOOPBACK, Addresses
from deploy.cluster.compose_file import ComposeFile
from deploy.cluster.processes import OF_TEMPORAL, Changes, Processes
from deploy.cluster.secret_files import SecretFiles
from deploy.cluster.state import State
from deploy.cluster.temporal_programs import TemporalPrograms
from settings import ROOT
from tests.test_deployment import SERVICES

ADDRESSES = Addresses(17_000)
MADE_UP = ("POSTGRES_PWD", "SQL_PASSWORD")
HOSTS_AND_PORTS = {
    "temporal": {"POSTGRES_SEEDS", "DB_PORT", "BIND_ON_IP"},
    "worker": {"TEMPORAL_ADDRESS", "DESK_METRICS_ADDRESS", "DESK_MAIL_HOST", "DESK_MAIL_PORT"},
    "api": {
        "TEMPORAL_ADDRESS",
        "DESK_METRICS_ADDRESS",
        "DESK_API_HOST",
        "DESK_API_PORT",
        "DESK_TRUSTED_PROXIES",
    },
}
"""What can only be different on a machine without containers."""


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Processes:
    state = State(tmp_path_factory.mktemp("cluster"))
    state.make()
    return Processes(state, ADDRESSES)


def plain(value: str) -> str:
    """A value of the file with the defaults of its variables."""
    return ComposeFile({}, Path())._filled(str(value))
