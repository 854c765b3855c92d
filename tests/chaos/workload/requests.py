"""Requests as people hand them in: mostly sound, some not covered, some that no policy takes."""

import random
from typing import Any

from tests.chaos.model.document import Plain

FACTS: dict[str, dict[str, list[Any]]] = {
    "contently": {"cause": [*["platform"] * 8, "third_party"]},
    "prismic": {},
    "cention": {
        "subject_matter": [*["support"] * 8, "professional_services"],
        "cause": [*["platform"] * 8, "internet", "custom_development"],
    },
    "contensive": {
        "custom_programming": [*[False] * 6, True],
        "third_party": [*[False] * 8, True],
        "scenario": ["isolation", "correction", "requirements", "expertise"],
        "reproducible": [True, False],
        "demonstrated": [True, False],
        "feature_created": ["2020-05-01", "2022-05-01", "2024-06-01"],
        "absent_at_acceptance": [True, True, False],
        "signed_off": ["2026-11-01", "2026-01-01"],
        "first_used": ["2026-11-10", "2026-02-01"],
        "original_requirement": [True, True, False],
        "requirement_status": ["communicated", "communicated", "overlooked"],
        "latest_version": [True, True, False],
        "nature": ["defect", "defect", "missing_feature"],
        "prevents_documented_use": [True, True, False],
        "minor_with_workaround": [False, False, True],
    },
    "contentsquare": {
        "browser": [*["chrome"] * 12, "other"],
        "browser_up_to_date": [*[True] * 9, False],
        "cause": [*["solution"] * 12, "telecom"],
    },
}
WRONG_FACTS: dict[str, Any] = {
    "colour": "blue",
    "cause": "ghosts",
    "latest_version": "yes",
    "user_support": True,
}
SENDERS = (
    *("kim@harbour-media.example", "archive@tide-tables.example", "ola@nordlicht.example"),
    *("erik.holm@fjordline.example", "reception@birch-clinic.example", "pat@noon.example"),
    *("sam@customer.example", "li@it.fjordline.example"),
)


def request(chance: random.Random, contract: Plain, policy: Plain) -> dict[str, Any]:
    """The body of an opening for an account."""
    body: dict[str, Any] = {
        "account": contract["account"],
        "requester": {"name": "Kim Doe", "email": _sender(chance, contract)},
        "subject": "It does not work",
        "description": "Since this morning.\nIt worked before.",
        "channel": _channel(chance, policy),
    }
    for name, several in (("kind", "kinds"), ("priority", "priorities")):
        if policy.get(several) and chance.random() < 0.85:
            body[name] = chance.choice(list(policy[several]))
    if contract.get("publications") and chance.random() < 0.3:
        body["publication"] = chance.choice(contract["publications"])["name"]
    facts = some_facts(chance, contract["policy"])
    if facts:
        body["facts"] = facts
    if chance.random() < 0.06:
        _spoil(chance, body)
    return body


def some_facts(chance: random.Random, policy: str) -> dict[str, Any]:
    """What somebody happens to know."""
    share = chance.choice([0.3, 0.8, 1.0])
    known = FACTS[policy].items()
    return {name: chance.choice(values) for name, values in known if chance.random() < share}


def _sender(chance: random.Random, contract: Plain) -> str:
    named = [*contract.get("designated", ())]
    named += [user for p in contract.get("publications", ()) for user in p.get("users", ())]
    if named and chance.random() < 0.92:
        return str(chance.choice(named)).replace("*@", "kim@")
    return chance.choice(SENDERS)


def _channel(chance: random.Random, policy: Plain) -> str:
    every = [channel for rule in policy.get("channels", ()) for channel in rule["channels"]]
    # What everybody may use comes first in a policy.
    return str(every[0] if chance.random() < 0.85 else chance.choice(every))


def _spoil(chance: random.Random, body: dict[str, Any]) -> None:
    what = chance.choice(["channel", "priority", "kind", "facts"])
    if what == "facts":
        name = chance.choice(list(WRONG_FACTS))
        body["facts"] = {**body.get("facts", {}), name: WRONG_FACTS[name]}
    else:
        body[what] = "carrier-pigeon"
