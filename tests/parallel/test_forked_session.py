"""A session in several processes reports what one process would report."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from settings import ROOT

FILES = {
    "test_outcomes.py": """
        import pytest

        def test_passes(): pass

        def test_fails():
            print("what it printed")
            assert 1 == 2

        @pytest.mark.skip(reason="it cannot run here")
        def test_is_skipped(): pass
    """,
    "test_fixtures.py": """
        import pytest

        @pytest.fixture(scope="session")
        def server():
            yield
            raise RuntimeError("the server does not stop")

        def test_uses_it(server): pass
        def test_uses_it_too(server): pass
    """,
    "test_end.py": """
        import os

        def test_ends_its_process(): os._exit(0)
        def test_after_it(): pass
    """,
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a session of these files prints, in two processes."""
    directory = tmp_path_factory.mktemp("session")
    for name, text in FILES.items():
        (directory / name).write_text(re.sub("^        ", "", text, flags=re.MULTILINE))
    (directory / "pytest.ini").write_text("[pytest]\n")
    return run(directory, "-n", "2", code=1)


def run(directory: Path, *options: str, code: int) -> str:
    plugins = ("--disable-plugin-autoload", "-p", "tests.parallel.forked_session")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-ra", *plugins, *options],
        cwd=directory,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_every_outcome_is_reported(printed: str) -> None:
    assert "2 failed, 3 passed, 1 skipped, 1 error" in printed
    assert "SKIPPED [1] test_outcomes.py:10: it cannot run here" in printed


def test_a_failure_shows_what_was_compared_and_printed(printed: str) -> None:
    assert "FAILED test_outcomes.py::test_fails - assert 1 == 2" in printed
    assert "what it printed" in printed


def test_fixtures_of_a_session_end_after_the_last_test_of_a_process(printed: str) -> None:
    assert "RuntimeError: the server does not stop" in printed


def test_a_process_that_ends_by_itself_is_a_failure(printed: str) -> None:
    message = "the process ended with exit code 0: test_end.py::test_ends_its_process"
    assert message in printed


def test_the_first_failure_can_end_all_processes(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_fails.py").write_text(
        "from pathlib import Path\n"
        "def test_fails():\n"
        "    while not Path('started').exists(): pass\n"
        "    assert False\n"
    )
    (tmp_path / "test_waits.py").write_text(
        "import pathlib, signal, pytest\n"
        "@pytest.fixture(scope='session')\n"
        "def server():\n"
        "    yield\n"
        "    pathlib.Path('stopped').touch()\n"
        "def test_waits(server):\n"
        "    pathlib.Path('started').touch()\n"
        "    signal.pause()\n"
    )
    assert "1 failed" in run(tmp_path, "-n", "2", "-x", code=1)
    assert (tmp_path / "stopped").exists()
