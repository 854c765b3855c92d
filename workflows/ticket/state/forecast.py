"""The forecast of a ticket that engineering will work on."""

from datetime import date

from policies.vocabulary import Viewpoint
from workflows.shared.payload import Payload


class Forecast(Payload):
    """The forecast last shared: engineering begins by the end of a local date."""

    begins_by: date
    proposed: date
    revision: int
    priorities: dict[Viewpoint, str]
    reason: str | None = None
    lapsed: bool = False
