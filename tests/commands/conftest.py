"""What tests of commands are given."""

from pathlib import Path

import pytest


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """Where a scenario of one test is written."""
    return tmp_path / "story.yaml"
