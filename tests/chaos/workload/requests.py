"""Request bodies: mostly valid, some not covered, some that every policy refuses."""

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
    "bamboozle": {},
    "ektasi": {"production": [True, True, True, False]},
    "genesys": {"place": ["new_york", "london"]},
    "nightjar": {"receiver": [*["ours"] * 6, "opened", "other"]},
    "proact": {},
    "red-hat-openshift": {
        "place": ["new_york", "chicago", "london"],
        "round_the_clock": [True, False],
    },
    "skyline-dataminer": {
        "office": ["izegem", "lisbon", "miami", "singapore"],
        "supported_version": [*[True] * 9, False],
        "cause": [*["dataminer"] * 9, "others"],
    },
    "syneto": {
        "site": ["milan", "rome", "elsewhere"],
        "called": [True, False],
        "dead_on_arrival": [*[False] * 8, True],
    },
}
"""Values of every fact that a request can state, by policy."""
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


def request(rng: random.Random, contract: Plain, policy: Plain) -> dict[str, Any]:
    """The body of `POST /tickets` for an account."""
    body: dict[str, Any] = {
        "account": contract["account"],
        "requester": {"name": "Kim Doe", "email": _sender(rng, contract)},
        "subject": "It does not work",
        "description": "Since this morning.\nIt worked before.",
        "channel": _channel(rng, policy),
    }
    for name, plural in (("kind", "kinds"), ("priority", "priorities")):
        if policy.get(plural) and rng.random() < 0.85:
            body[name] = rng.choice(list(policy[plural]))
    if contract.get("publications") and rng.random() < 0.3:
        body["publication"] = rng.choice(contract["publications"])["name"]
    facts = some_facts(rng, contract["policy"])
    if facts:
        body["facts"] = facts
    if rng.random() < 0.06:
        _invalidate(rng, body)
    return body


def some_facts(rng: random.Random, policy: str) -> dict[str, Any]:
    """A random part of the facts that a policy asks for."""
    share = rng.choice([0.3, 0.8, 1.0])
    facts = facts_of(policy).items()
    return {name: rng.choice(values) for name, values in facts if rng.random() < share}


def facts_of(policy: str) -> dict[str, list[Any]]:
    """The values of the facts of a policy; LookupError if FACTS does not list the policy."""
    if policy not in FACTS:
        raise LookupError(
            f'no facts for the policy "{policy}"; in tests/chaos/workload/requests.py, add to '
            f'FACTS the values of each fact that a request can state, or "{policy}": {{}}'
        )
    return FACTS[policy]


def some_wrong_fact(rng: random.Random) -> dict[str, Any]:
    """A fact that every policy refuses."""
    name = rng.choice(list(WRONG_FACTS))
    return {name: WRONG_FACTS[name]}


def _sender(rng: random.Random, contract: Plain) -> str:
    named = [*contract.get("designated", ())]
    named += [user for p in contract.get("publications", ()) for user in p.get("users", ())]
    if named and rng.random() < 0.92:
        return str(rng.choice(named)).replace("*@", "kim@")
    return rng.choice(SENDERS)


def _channel(rng: random.Random, policy: Plain) -> str:
    every = [channel for rule in policy.get("channels", ()) for channel in rule["channels"]]
    if not every:
        return rng.choice(["email", "phone"])
    # The first channel of a policy is open to every request.
    return str(every[0] if rng.random() < 0.85 else rng.choice(every))


def _invalidate(rng: random.Random, body: dict[str, Any]) -> None:
    field = rng.choice(["channel", "priority", "kind", "facts"])
    if field == "facts":
        body["facts"] = {**body.get("facts", {}), **some_wrong_fact(rng)}
    else:
        body[field] = "carrier-pigeon"
