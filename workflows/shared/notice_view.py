"""A notice as readers of a ticket or an account see it."""

from datetime import datetime

from policies.vocabulary import Carrier, NoticeStatus
from workflows.shared.payload import Payload


class NoticeView(Payload):
    """A notice and the state of its delivery."""

    key: str
    template: str
    audience: str
    to: str
    status: NoticeStatus
    at: datetime
    error: str | None = None
    carrier: Carrier | None = None
