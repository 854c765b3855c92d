"""The stages that the tickets of a policy have: its process is made of the parts it declares."""

from policies.schema.clocks import NoGuarantee
from policies.schema.policy import SupportPolicy
from policies.schema.tables import values_of
from policies.vocabulary import Guarantee, Stage


def stages_of(policy: SupportPolicy) -> tuple[Stage, ...]:
    """The stages of the policy: those that every ticket has, and those of the parts of the process
    that it declares. Releases also follow from a guarantee of the next release.
    """
    rules = policy.process
    has_engineering = bool(rules.handoff or rules.forecast)
    has_releases = has_engineering or bool(rules.releases) or _guarantees_releases(policy)
    declared = {
        Stage.TRIAGE: bool(rules.escalation or rules.triage),
        Stage.AWAITING_HANDOFF: has_engineering,
        Stage.ENGINEERING_REVIEW: has_engineering,
        Stage.FORECAST_SHARED: bool(rules.forecast),
        Stage.ENGINEERING_WORK: has_engineering,
        Stage.SCHEDULED_RELEASE: has_releases,
    }
    return tuple(stage for stage in Stage if declared.get(stage, True))


def _guarantees_releases(policy: SupportPolicy) -> bool:
    cells = (cell for clock in policy.clocks.values() for _, cell in values_of(clock.within))
    return any(
        isinstance(cell, NoGuarantee) and cell.guarantee is Guarantee.NEXT_RELEASE for cell in cells
    )
