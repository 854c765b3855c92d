from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from benchmarks.processes.api_process import Api, api_process
from benchmarks.support.http_openings import QUIET


@pytest.fixture(scope="session")
def edge_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the API process logs."""
    return tmp_path_factory.mktemp("edge") / "api.log"


@pytest.fixture(scope="session")
def edge(desk: WorkflowEnvironment, edge_log: Path) -> Iterator[Api]:
    """One API process with its default limits, for all tests of the edge."""
    address = desk.client.service_client.config.target_host
    with api_process(address, [QUIET], log=str(edge_log), **DEFAULTS) as api:
        yield api


DEFAULTS = {
    # Empty variables keep the defaults of the settings.
    "DESK_REQUESTS_PER_SECOND": "",
    "DESK_REQUESTS_PER_SECOND_PER_ADDRESS": "",
    "DESK_MAX_CONNECTIONS_PER_ADDRESS": "",
}
