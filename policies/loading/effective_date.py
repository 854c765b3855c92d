"""The time at which a revision takes effect: midnight of its date in the policy's home zone.

The home zone is the policy's `zone`, else that of its support hours; UTC if it has neither. So a
revision takes effect at the same time for all accounts. Of support hours in several zones, it is
the one in which the date begins first: nobody is promised less than the date says. `desk check`
warns of it.
"""

from datetime import datetime, tzinfo

from policies.business_time.months import midnight
from policies.business_time.zones import find_zone
from policies.schema.policy import SupportPolicy
from policies.schema.tables import values_of


def home_zone(policy: SupportPolicy) -> tzinfo:
    """The zone of a policy's dates."""
    if policy.zone is not None:
        return find_zone(policy.zone)
    names = (name for _, name in values_of(policy.support_hours))
    zones = [find_zone(policy.calendars[name].zone) for name in names] or [find_zone("UTC")]
    return min(zones, key=lambda zone: midnight(policy.revision, zone))


def takes_effect(policy: SupportPolicy) -> datetime:
    """The UTC time from which a revision applies to new requests (cention/changes)."""
    return midnight(policy.revision, home_zone(policy))
