"""The commands of the documents run, and print the output that is shown."""

import json
import os
import re
import shlex
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from glob import glob
from pathlib import Path
from typing import NamedTuple, Self

import holidays
import pytest
from temporalio.client import Client

from settings import ROOT
from tests.commands.processes.desk_process import (
    START_TIMEOUT,
    RunningDesk,
    environment,
    wait_until_gone,
)
from tests.commands.processes.forked_desk import start_desk
from tests.docs.comparison import contains
from tests.docs.pages import (
    API,
    BACKTEST,
    CONTRIBUTING,
    OPERATIONS,
    OWN_POLICY,
    POLICIES,
    README,
    SCENARIOS,
    SUPPORT_PAGE,
    TOUR,
    TUTORIAL,
    Block,
    blocks,
)
from tests.tools import tool

PATIENCE = 10.0
NOT_RUN_HERE = {"make run", "make test", "docker compose up -d --build"}
SAME_AS = {"make demo": "desk demo"}
VARIES = "<!-- dates and numbers vary -->"


class Output(NamedTuple):
    """The output of a command, and its exit code."""

    text: str
    code: int


class Shell:
    """One bash for a whole document, so that its variables are kept."""

    _END = "-- end of the output --"

    def __init__(self, directory: Path, variables: dict[str, str]) -> None:
        self._directory = directory
        self._variables = variables
        self._bash = subprocess.Popen(
            ["bash"],
            cwd=directory,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bash.communicate()

    def run_quickly(self, command: str) -> Output:
        """The same, without the time that the imports of `desk` take."""
        if not command.startswith("desk ") or "<" in command:
            return self.run(command)
        words = [
            word
            for pattern in shlex.split(command)[1:]
            for word in sorted(glob(pattern, root_dir=self._directory)) or [pattern]
        ]
        output = self._directory / "output.txt"
        output.write_text("")
        desk = start_desk(words, self._variables, output, directory=self._directory)
        code = desk.wait(START_TIMEOUT)
        return Output(output.read_text(), code)

    def run(self, command: str) -> Output:
        """Standard output and standard error of the command."""
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        self._bash.stdin.write(f"{command}\nprintf '\\n%s %s\\n' '{self._END}' $?\n")
        self._bash.stdin.flush()
        text = ""
        for line in iter(self._bash.stdout.readline, ""):
            if line.startswith(self._END):
                return Output(text, int(line.split()[-1]))
            text += line
        raise AssertionError(f"the shell ended: {text}")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    with RunningDesk(tmp_path_factory.mktemp("docs"), "--ephemeral") as desk:
        yield desk


@pytest.fixture
def shell(running: RunningDesk, tmp_path: Path) -> Iterator[Shell]:
    with shell_in_a_checkout(running, tmp_path) as shell:
        yield shell


def shell_in_a_checkout(running: RunningDesk, directory: Path) -> Shell:
    """A shell as in a checkout: with `desk`, and with the files that `make run` creates."""
    tool("curl", "curl")
    command = directory / "bin" / "desk"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "desk.py"}" "$@"\n')
    command.chmod(stat.S_IRWXU)
    for name in ("policies", "examples"):
        (directory / name).symlink_to(ROOT / name)
    (directory / ".desk").symlink_to(running.state)
    (directory / ".venv").symlink_to(sys.prefix)
    path = f"{command.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return Shell(directory, environment(PATH=path, no_proxy="*"))


def eventually(
    command: str,
    run: Callable[[str], Output],
    problem_of: Callable[[Output], str | None],
) -> None:
    """Runs a command. One that changes nothing is repeated until its output is right."""
    until = time.monotonic() + (0 if " -d " in command else PATIENCE)
    while (wrong := problem_of(output := run(command))) is not None:
        assert time.monotonic() < until, f"{command}\n{wrong}\n{output.text}"
        time.sleep(0.05)


@pytest.mark.parametrize("path", [README, TOUR], ids=lambda path: path.stem)
def test_a_first_session_can_be_typed_in(path: Path, tmp_path: Path) -> None:
    with (
        RunningDesk(tmp_path) as desk,
        shell_in_a_checkout(desk, tmp_path) as shell,
    ):
        shown = blocks(path, "bash", "console", "json")
        # One interpreter of its own is enough: its imports take most of the time of a command.
        run = shell.run if path == README else shell.run_quickly
        for block, after in zip(shown, [*shown[1:], Block("", "", "")], strict=True):
            if block.language == "console":
                start_again(desk, block)
                run_console(block, run)
                run = shell.run_quickly
            elif block.language == "bash":
                command = block.text.replace(":8000", f":{desk.port}")
                is_shown = after.language == "json"
                with killed(desk, block):
                    eventually(
                        command, shell.run, partial(differs, after.text) if is_shown else fails
                    )


@contextmanager
def killed(desk: RunningDesk, block: Block) -> Iterator[None]:
    """Waits for the end of the processes that a block kills."""
    if "kill -9" not in block.text:
        yield
        return
    server = desk.server
    yield
    desk.process.wait(PATIENCE)
    wait_until_gone(server)


def start_again(desk: RunningDesk, block: Block) -> None:
    """Starts the deployment as `make run` does in the other terminal, if it has ended."""
    if "make run" in block.text and desk.process.poll() is not None:
        desk.start()


@pytest.mark.parametrize(
    "path",
    [
        *(API, BACKTEST, POLICIES, OPERATIONS, CONTRIBUTING, SCENARIOS, TUTORIAL),
        *(OWN_POLICY, SUPPORT_PAGE),
    ],
    ids=lambda p: p.stem,
)
def test_commands_of_other_documents_can_be_run(path: Path, shell: Shell) -> None:
    for block in blocks(path, "console"):
        run_console(block, shell.run_quickly)


def test_the_answers_of_the_guide_are_those_of_the_file() -> None:
    [answers] = blocks(OWN_POLICY, "text")
    assert answers.text == (ROOT / "examples/new-policy/answers.txt").read_text()


def run_console(block: Block, run: Callable[[str], Output]) -> None:
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, sample = part.partition("\n")
        command = re.sub(r"\s+# .*", "", command)
        command = SAME_AS.get(command, command)
        if command not in NOT_RUN_HERE:
            assert command.split()[0] in {"desk", "sed", "ls"}, command
            compare = partial(omits, sample, varies=block.before == VARIES)
            eventually(command, run, compare if sample.strip() else fails)


def fails(output: Output) -> str | None:
    """The problem of a command without a sample: its exit code."""
    return f"exit code {output.code}" if output.code else None


def differs(sample: str, output: Output) -> str | None:
    """The problem if the JSON output differs from the sample, apart from times and numbers."""
    try:
        expected, found = json.loads(sample), json.loads(output.text)
    except ValueError:
        return "is not JSON"
    return None if contains(found, expected) and contains(expected, found) else f"is not {sample}"


def omits(sample: str, output: Output, *, varies: bool) -> str | None:
    """The first part of the sample that is missing in the output, in order."""
    words = normal(output.text, varies=varies)
    for part in re.split(r"^\.\.\.$", sample.strip(), flags=re.MULTILINE):
        wanted = normal(part, varies=varies)
        if wanted and wanted not in words:
            return f"missing: {wanted}"
        words = words[words.find(wanted) + len(wanted) :]
    return None


def normal(text: str, *, varies: bool) -> str:
    """The text with single spaces and without table borders."""
    text = " ".join(re.sub(r"[\u2500-\u257f]", " ", text).split())
    if varies:
        for holiday in holidays.country_holidays("US", years=range(2026, 2032)).values():
            text = text.replace(holiday, "HOLIDAY")
        text = re.sub(r"\d+", "0", text)
        text = re.sub(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)([a-z]*day)?\b", "DAY", text)
        months = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
        text = re.sub(rf"\b({months})(uary|ruary|ch|il|e|y|ust|t?ember|ober)?\b", "MONTH", text)
    return text


async def test_temporal_accepts_the_queries_for_operators(running: RunningDesk) -> None:
    client = await Client.connect(f"127.0.0.1:{running.temporal_port}")
    [block] = blocks(OPERATIONS, "sql")
    queries = [line for line in block.text.splitlines() if not line.startswith("--")]
    assert queries
    for query in queries:
        assert (await client.count_workflows(query)).count >= 0
