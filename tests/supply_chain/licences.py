"""The licences of the packages that the container image installs, from their own metadata."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata

from settings import ROOT

_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
_CLASSIFIER = "License :: OSI Approved :: "
_SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
UNDECLARED = {"cel-python": "Apache-2.0"}
"""Packages whose metadata names no licence, with that of their LICENSE file."""
NOT_INSTALLED = {"colorama"}
"""Packages of the lock that other platforms install."""


def licences() -> Iterator[tuple[str, str]]:
    """Package and licence of each entry of the runtime lock that is installed here."""
    lock = (ROOT / "requirements.runtime.lock").read_text(encoding="utf-8")
    for name in _LOCKED.findall(lock):
        try:
            yield name, _licence(name)
        except PackageNotFoundError:
            if name not in NOT_INSTALLED:
                raise


def _licence(name: str) -> str:
    found = metadata(name)
    for field in ("License-Expression", "License"):
        if field in found and (stated := str(found[field])):
            return _SPDX.get(stated, stated)
    for classifier in found.get_all("Classifier") or ():
        if classifier.startswith(_CLASSIFIER):
            licence = str(classifier).removeprefix(_CLASSIFIER)
            return _SPDX.get(licence, licence)
    return UNDECLARED[name]
