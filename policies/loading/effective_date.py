"""The time at which a revision takes effect: midnight of its date in the policy's home zone.

The home zone is the zone of the calendar in `support_hours`, or of the first calendar if that is a
table; UTC if the policy has no support hours. So a revision takes effect at the same time for all
accounts.
"""

from datetime import datetime, tzinfo

from policies.business_time.months import midnight
from policies.business_time.zones import find_zone
from policies.schema.policy import SupportPolicy
from policies.schema.tables import Table


def home_zone(policy: SupportPolicy) -> tzinfo:
    """The zone of a policy's dates."""
    hours = policy.support_hours
    name = next(iter(hours.cells.values())) if isinstance(hours, Table) else hours
    return find_zone(policy.calendars[name].zone if name else "UTC")


def takes_effect(policy: SupportPolicy) -> datetime:
    """The UTC time from which a revision applies to new requests (cention/changes)."""
    return midnight(policy.revision, home_zone(policy))
