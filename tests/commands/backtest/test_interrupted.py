"""What ends a run early loses nothing that is judged, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from settings import ROOT
from tests.backtest.made_up_logs import EXAMPLES, incidents
from tests.backtest.runs.test_run import random_rows

LONGEST_WAIT = 120
"""Seconds."""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_writes_what_is_judged_and_removes_its_files(
    how: signal.Signals, tmp_path: Path
) -> None:
    log, out, spool = tmp_path / "log.csv", tmp_path / "out.csv", tmp_path / "spool"
    log.write_text(incidents(*random_rows(1_500)))
    spool.mkdir()
    words = [
        *(sys.executable, "-m", "desk", "backtest", EXAMPLES / "servicenow" / "policy.yaml", log),
        *("--mapping", EXAMPLES / "servicenow" / "mapping.yaml", "--csv", out),
        *("--processes", "2"),
    ]
    environment = {**os.environ, "TMPDIR": str(spool)}
    with subprocess.Popen(
        [str(word) for word in words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    ) as run:
        deadline = time.monotonic() + LONGEST_WAIT
        while not [*spool.glob("*/run-1/results-*")] and time.monotonic() < deadline:
            time.sleep(0.01)
        # Ctrl-C reaches the whole group; a supervisor stops the first process only.
        (os.killpg if how is signal.SIGINT else os.kill)(run.pid, how)
        output, _ = run.communicate(timeout=LONGEST_WAIT)
    assert run.returncode == 130
    assert "Interrupted: about" in output
    assert "Traceback" not in output
    assert not out.exists()
    rows = (tmp_path / "out.csv.partial").read_text().splitlines()
    assert len(rows) > 1
    assert len(rows) % 2 == 1
    assert not [*spool.iterdir()]
