"""A number of a policy that a page can have."""

from dataclasses import dataclass

from policies.documents.problems import Path
from policies.page.comparison.quantities import Quantity


@dataclass(frozen=True)
class Promise:
    """A number of a policy: the quantities that express it, where it stands, and its clause.

    `required`: a page has to have it. `always_open`: it counts on a calendar without closed time.
    """

    quantities: tuple[Quantity, ...]
    text: str
    path: Path
    clause: str
    required: bool = True
    always_open: bool = False
