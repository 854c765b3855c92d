"""What the experiments with clocks that jump rest on."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bootstrap.exit_codes import Failure
from tests.chaos.nemesis.machine import clock
from tests.chaos.nemesis.machine.clock import ProcessClock, library

READ = "import time\nwhile input(): print(time.time(), time.monotonic(), flush=True)"
DAY = timedelta(days=1)


@pytest.fixture
def libfaketime() -> None:
    """Without the library the test is skipped, or fails in continuous integration."""
    try:
        library()
    except Failure:
        if os.environ.get("CI") == "true":
            pytest.fail("libfaketime is missing; .ci/run installs it (Debian package faketime)")
        pytest.skip("libfaketime is not installed (Debian package faketime)")


@pytest.mark.usefixtures("libfaketime")
@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_the_time_of_day_jumps_and_jumps_back_and_durations_go_on(
    tmp_path: Path, jump: timedelta
) -> None:
    own = ProcessClock(tmp_path / "clock")
    command = [*own.wrapper, sys.executable, "-S", "-c", READ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        asks, answers = process.stdin, process.stdout
        assert asks is not None
        assert answers is not None

        def read() -> tuple[float, float]:
            asks.write("read\n")
            asks.flush()
            now, steady = answers.readline().split()
            return float(now), float(steady)

        def after(moved: timedelta) -> float:
            """How long the process took to see the clock at about this distance from the first."""
            while abs(read()[0] - first - moved.total_seconds()) > 600:
                pass
            return read()[1] - began

        first, began = read()
        with own.off_by(jump):
            assert after(jump) < 60
        assert after(timedelta(0)) < 60
        asks.close()


def test_without_the_library_its_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "LIBRARIES", ("/nonexistent/*.so",))
    with pytest.raises(Failure, match="apt-get install faketime"):
        library()
