"""When a revision takes effect: as its date begins where the desk is.

A policy has one home zone, so a revision begins at one instant for everybody under it: that of the
calendar its `support_hours` name, of the first one where a table names several; UTC where the
policy has no hours.
"""

from datetime import datetime, tzinfo

from policies.business_time.months import midnight
from policies.business_time.zones import find_zone
from policies.schema.policy import SupportPolicy
from policies.schema.tables import Table


def home_zone(policy: SupportPolicy) -> tzinfo:
    """The zone that the dates of a policy are in."""
    hours = policy.support_hours
    name = next(iter(hours.cells.values())) if isinstance(hours, Table) else hours
    return find_zone(policy.calendars[name].zone if name else "UTC")


def takes_effect(policy: SupportPolicy) -> datetime:
    """The UTC instant from which a revision holds for new requests (cention/changes)."""
    return midnight(policy.revision, home_zone(policy))
