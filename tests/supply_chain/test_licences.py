"""Every dependency of the image has a licence that allows any use, and is listed."""

from settings import ROOT
from tests.docs.pages import rows_of
from tests.supply_chain.licences import licences

ACCEPTED = {
    "Apache-2.0",
    "Apache-2.0 OR BSD-2-Clause",
    "Apache-2.0 OR BSD-3-Clause",
    "BSD",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "PSF-2.0",
}
PAGE = ROOT / "docs" / "licences.md"


def test_no_dependency_has_a_licence_that_restricts_its_use() -> None:
    others = {name: licence for name, licence in licences() if licence not in ACCEPTED}
    assert others == {}


def test_every_dependency_is_listed_with_its_licence() -> None:
    listed = [(name.strip("`"), licence) for name, licence in rows_of(PAGE, "Packages")]
    rows = "\n".join(f"| `{name}` | {licence} |" for name, licence in licences())
    assert listed == [*licences()], f"the rows have to be:\n{rows}"
