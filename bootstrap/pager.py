"""The pager that the settings configure."""

from datetime import timedelta

from activities.adapters.pagerduty import HttpPager
from settings import Settings


def http_pager(settings: Settings) -> HttpPager | None:
    """The pager for DESK_PAGER_URL; None if that is not set."""
    if settings.pager_url is None or settings.pager_key is None:
        return None
    return HttpPager(
        str(settings.pager_url),
        settings.pager_key.get_secret_value(),
        timeout=timedelta(seconds=settings.pager_timeout_seconds),
    )
