"""Processes that can be killed and restarted."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from commands.processes.supervised_process import SupervisedProcess


async def test_a_process_can_be_killed_while_it_is_frozen(tmp_path: Path) -> None:
    child = SupervisedProcess("sleeper", ["sleep", "60"], {}, tmp_path / "sleeper.log")
    await child.start()
    frozen = asyncio.create_task(child.freeze(0.2))
    await asyncio.sleep(0)
    await child.kill()
    await frozen
    assert not child.is_running


async def test_a_process_that_two_restart_at_once_runs_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    spawn = asyncio.create_subprocess_exec

    async def counted(*command: str, **options: Any) -> asyncio.subprocess.Process:
        started.append(command[0])
        return await spawn(*command, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", counted)
    child = SupervisedProcess("sleeper", ["sleep", "60"], {}, tmp_path / "sleeper.log")
    await asyncio.gather(child.start(), child.revive())
    await child.kill()
    await asyncio.gather(child.start(), child.kill(), child.revive())
    assert started == ["sleep", "sleep"]
    assert not child.is_running
