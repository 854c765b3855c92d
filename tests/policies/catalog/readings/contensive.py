"""Contensive: three categories of support, and not one time. The page decides what is covered.

`READING` has no lines, since there is nothing to be late with. In their place `SITUATIONS` lists
every situation the page tells apart, and `covered_by` reads it sentence by sentence.
"""

from itertools import product
from typing import Any

from tests.policies.catalog.readings.reading import Reading

READING = Reading(
    policy="contensive",
    # "User Support", "Custom Feature Warranty", "Framework Warranty"
    values=(("how_to", "custom_feature", "framework"),),
    desks={},
    served_by={},
    lines=(),
)

RECEIVED_ON = "2027-04-04"
DAY_90 = "2027-01-04"  # January has 27 days left, February 28, March 31, and 4 of April
DAY_91 = "2027-01-03"
BOTH = (True, False)
Situation = dict[str, Any]


def covered_by(situation: Situation) -> str | None:
    """The clause under which the page covers this situation; None when it does not."""
    match situation["kind"]:
        case "how_to":
            # "User Support": what it leaves out, and what it costs
            covers = situation["user_support"] and not situation["custom_programming"]
            return "user-support" if covers else None
        case "framework":
            # "Framework Warranty": what is missing, or has a way around it, is no bug; a bug keeps
            # something from being used as documented; the latest version only
            is_bug = situation["nature"] == "defect" and not situation["minor_with_workaround"]
            is_bug = is_bug and situation["prevents_documented_use"]
            return "framework-bug" if is_bug and situation["latest_version"] else None
        case _:
            # "Custom Feature Warranty": what it costs, and what its last paragraph excludes
            if not situation["feature_warranty"] or situation["third_party"]:
                return None
            return _scenario(situation)


def _scenario(situation: Situation) -> str | None:
    match situation["scenario"]:
        case "isolation":
            # its first scenario: either is enough
            covers = situation["reproducible"] or situation["demonstrated"]
            return "feature-isolation" if covers else None
        case "correction":
            # its second: not there at acceptance, and a contract since the feature was created
            covers = (
                situation["absent_at_acceptance"] and situation["support_since"] <= "2020-06-01"
            )
            return "feature-correction" if covers else None
        case "requirements":
            # its third: the earlier of two dates, 90 days, and no requirement that did not stand
            first = min(situation["signed_off"], situation["first_used"])
            stood = situation["requirement_status"] == "communicated"
            covers = situation["original_requirement"] and stood and first >= DAY_90
            return "feature-requirements" if covers else None
        case _:
            # its fourth: a contract since the feature was created
            covers = situation["support_since"] <= "2020-06-01"
            return "feature-expertise" if covers else None


def _situations(kind: str, **told_apart: tuple[Any, ...]) -> list[Situation]:
    return [
        {"kind": kind, "received_on": RECEIVED_ON, **dict(zip(told_apart, values, strict=True))}
        for values in product(*told_apart.values())
    ]


def _feature(scenario: str, **told_apart: tuple[Any, ...]) -> list[Situation]:
    fees = {"feature_warranty": BOTH, "third_party": BOTH, "scenario": (scenario,)}
    return _situations("custom_feature", **fees, **told_apart)


SINCE = {
    "feature_created": ("2020-06-01",),
    "support_since": ("2020-05-31", "2020-06-01", "2020-06-02"),
}
SITUATIONS = [
    *_situations("how_to", user_support=BOTH, custom_programming=BOTH),
    *_feature("isolation", reproducible=BOTH, demonstrated=BOTH),
    *_feature("correction", absent_at_acceptance=BOTH, **SINCE),
    *_feature(
        "requirements",
        signed_off=(DAY_91, DAY_90, RECEIVED_ON),
        first_used=(DAY_91, DAY_90, RECEIVED_ON),
        original_requirement=BOTH,
        requirement_status=("communicated", "not_communicated", "overlooked", "overturned"),
    ),
    *_feature("expertise", **SINCE),
    *_situations(
        "framework",
        nature=("defect", "missing_feature", "missing_setting", "missing_requirement"),
        latest_version=BOTH,
        prevents_documented_use=BOTH,
        minor_with_workaround=BOTH,
    ),
]
