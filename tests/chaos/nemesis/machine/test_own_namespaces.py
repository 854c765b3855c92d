"""What the experiments with cuts and a full disk rest on, in namespaces that end with the test."""

import subprocess
import sys

import pytest

from bootstrap.exit_codes import ExitCode, Failure
from settings import ROOT
from tests.chaos.nemesis.machine import own_namespaces
from tests.chaos.nemesis.machine.own_namespaces import (
    enter_own_namespaces,
    refusal_of,
    unshare,
)

needs_namespaces = pytest.mark.skipif(
    not sys.platform.startswith("linux") or refusal_of(unshare()) != "",
    reason="namespaces are refused here",
)
CUTS = """
import asyncio, subprocess, sys
from pathlib import Path
from tests.chaos.nemesis.machine.network import OUTSIDE, Network

network = Network(Path(sys.argv[1]), ["a", "b"])
network.make()
outside = network.addresses[OUTSIDE]
ASK = f"import socket; s = socket.create_connection(('{outside}', 5000), 1); print(s.recv(9))"

def ask(host):
    command = [*network.launcher(host), sys.executable, "-S", "-c", ASK]
    return subprocess.run(command, capture_output=True, text=True)

async def answers(host):
    done = await asyncio.to_thread(ask, host)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]

async def main():
    await asyncio.start_server(lambda _, writer: writer.write(b"hello"), outside, 5000)
    print("before", await answers("a"))
    async with network.cut(["a"], [OUTSIDE]):
        print("mute", await answers("a"), "|", await answers("b"))
    async with network.cut([OUTSIDE], ["a"]):
        print("deaf", await answers("a"))
    print("after", await answers("a"))

asyncio.run(main())
"""
DISK = """
import sys
from pathlib import Path
from tests.chaos.nemesis.machine.small_disk import SmallDisk

folder = Path(sys.argv[1])
disk = SmallDisk(folder)
with disk.mounted():
    (folder / "first").write_bytes(bytes(10_000))
    with disk.full():
        try:
            (folder / "second").write_bytes(bytes(10_000))
        except OSError as error:
            print(error.strerror)
    (folder / "third").write_bytes(bytes(10_000))
    print((folder / "first").stat().st_size, (folder / "third").stat().st_size)
print(list(folder.iterdir()))
"""


def run_inside(program: str, argument: object) -> list[str]:
    """What a program prints in namespaces of its own."""
    command = [*unshare(), sys.executable, "-c", program, str(argument)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@needs_namespaces
def test_packets_of_a_cut_vanish_in_its_direction_only_and_arrive_after_it(tmp_path: str) -> None:
    before, mute, deaf, after = run_inside(CUTS, f"{tmp_path}/hosts")
    assert before == "before b'hello'"
    # A connection that is refused or reset would say so.
    assert mute == "mute TimeoutError: timed out | b'hello'"
    assert deaf == "deaf TimeoutError: timed out"
    assert after == "after b'hello'"


@needs_namespaces
def test_a_full_disk_takes_nothing_and_loses_nothing(tmp_path: str) -> None:
    refused, sizes, left = run_inside(DISK, tmp_path)
    assert refused == "No space left on device"
    assert sizes == "10000 10000"
    assert left == "[]"


def test_where_namespaces_are_refused_the_reason_and_what_to_do_are_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(own_namespaces, "refusal_of", lambda _: "Operation not permitted")
    with pytest.raises(Failure, match=r"refused here: Operation not permitted\. Run this as root"):
        enter_own_namespaces()
    assert refusal_of(["/nonexistent/unshare"]) == "the program unshare is missing"
    with pytest.raises(Failure) as caught:
        enter_own_namespaces()
    assert caught.value.code is ExitCode.BAD_SETTINGS
