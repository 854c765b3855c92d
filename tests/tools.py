"""Programs that tests run and that do not come with Python: `.ci/run` installs what is missing."""

import os
import shutil
from pathlib import Path

import pytest


def tool(name: str, package: str) -> Path:
    """Where a program is. Without it the test is skipped on a machine of one's own, where nobody
    has to install it, and fails where everything is to be tested.
    """
    found = shutil.which(name)
    if found is not None:
        return Path(found)
    if os.environ.get("CI") == "true":
        pytest.fail(f"{name} is missing, and .ci/run was to install it ({package})")
    pytest.skip(f"{name} is not installed (Debian package {package})")
