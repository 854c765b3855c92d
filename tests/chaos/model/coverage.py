"""Coverage under the published policies, written from their clauses and not from the YAML.

Conditions are three-valued: true, false, or unknown (None) while a fact is missing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Facts = Mapping[str, Any]
Answer = bool | None
WARRANTY_DAYS = 90


@dataclass(frozen=True)
class Verdict:
    """`closed_as` for a refusal, `missing` while facts are needed, neither if covered."""

    closed_as: str | None = None
    clause: str | None = None
    missing: tuple[str, ...] = ()
    refers_to: str | None = None


@dataclass(frozen=True)
class Reason:
    """A condition under which a request is covered (`closed_as` is None) or refused."""

    holds: Callable[[Facts], Answer]
    names: tuple[str, ...]
    closed_as: str | None
    clause: str
    refers_to: str | None = None


def verdict(policy: str, facts: Facts) -> Verdict:
    """The verdict on a request with the facts given so far; `facts` includes its plan and kind."""
    required = {name for name in _required(policy, facts) if name not in facts}
    doubts: list[tuple[Reason, set[str]]] = []
    for reason in _reasons(policy, facts):
        answer = reason.holds(facts)
        if answer is None and (wanted := set(reason.names) & required):
            doubts.append((reason, wanted))
        if answer:
            serious = [w for r, w in doubts if r.closed_as != reason.closed_as]
            if serious:
                return Verdict(missing=tuple(sorted(set().union(*serious))))
            return Verdict(reason.closed_as, reason.clause, refers_to=reason.refers_to)
    if required or doubts:
        return Verdict(missing=tuple(sorted(required.union(*(w for _, w in doubts)))))
    return Verdict()


def _is(name: str, value: object) -> Callable[[Facts], Answer]:
    return lambda facts: facts[name] == value if name in facts else None


def _all(*parts: Callable[[Facts], Answer]) -> Callable[[Facts], Answer]:
    def together(facts: Facts) -> Answer:
        answers = [part(facts) for part in parts]
        if False in answers:
            return False
        return None if None in answers else True

    return together


def _any(*parts: Callable[[Facts], Answer]) -> Callable[[Facts], Answer]:
    def either(facts: Facts) -> Answer:
        answers = [part(facts) for part in parts]
        if True in answers:
            return True
        return None if None in answers else False

    return either


def _always(_: Facts) -> Answer:
    return True


def _no(closed_as: str, clause: str, name: str, value: object, to: str | None = None) -> Reason:
    return Reason(_is(name, value), (name,), closed_as, clause, to)


CONTENTLY = (
    _no("not_eligible", "eligibility", "active_publication", False),
    _no("not_covered", "limitation", "cause", "third_party"),
)
EXCLUDED = (
    *("terms_violation", "unauthorized_modification", "third_party", "customer_environment"),
    *("internet", "computer_basics", "preview_feature"),
)
CENTION = (
    _no("not_eligible", "responsibilities", "designated_contact", False),
    _no("not_covered", "professional-services", "subject_matter", "professional_services", "sales"),
    *(_no("not_covered", "exclusions", "cause", cause) for cause in EXCLUDED),
    _no("not_covered", "exclusions", "cause", "custom_development", "sales"),
)
CONTENTSQUARE = (
    _no("not_covered", "browser", "browser", "other"),
    Reason(
        _all(_is("browser", "chrome"), _is("browser_up_to_date", False)),
        ("browser", "browser_up_to_date"),
        "not_covered",
        "browser",
    ),
    *(
        _no("not_covered", "anomaly", "cause", cause)
        for cause in ("telecom", "outside_event", "customer_site")
    ),
)
NIGHTJAR = tuple(
    _no("not_covered", "receivers", "receiver", value) for value in ("opened", "other")
)
SKYLINE = (
    _no("not_covered", "versions", "supported_version", False),
    _no("not_covered", "third-parties", "cause", "others"),
)
DEAD_ON_ARRIVAL = _no("not_covered", "dead-on-arrival", "dead_on_arrival", True, "logistics")
TO_BE_CALLED = Reason(
    _all(_is("priority", "p1"), _is("channel", "ticket"), _is("called", False)),
    ("called",),
    None,
    "phone",
)
BASIC_PLANS = ("free", "starter", "small", "medium", "platinum")
HOW_TO = (
    _no("not_covered", "user-support", "custom_programming", True),
    _no("not_covered", "fees", "user_support", False),
    Reason(_always, (), None, "user-support"),
)


def _interrupted(facts: Facts) -> Answer:
    if "support_since" not in facts or "feature_created" not in facts:
        return None
    return str(facts["support_since"]) > str(facts["feature_created"])


def _is_past(name: str) -> Callable[[Facts], Answer]:
    def expired(facts: Facts) -> Answer:
        if name not in facts:
            return None
        since = date.fromisoformat(str(facts[name]))
        return bool((facts["received_on"] - since).days > WARRANTY_DAYS)

    return expired


def _isnt(name: str, value: object) -> Callable[[Facts], Answer]:
    return lambda facts: facts[name] != value if name in facts else None


def _scenario(
    name: str, closed_as: str | None, also: Callable[[Facts], Answer] = _always, *names: str
) -> Reason:
    clause = f"feature-{name}"
    return Reason(_all(_is("scenario", name), also), ("scenario", *names), closed_as, clause)


NO = "not_covered"
CUSTOM_FEATURE = (
    _no(NO, "feature-third-party", "third_party", True),
    _no(NO, "fees", "feature_warranty", False),
    _scenario(
        *("isolation", NO, _all(_is("reproducible", False), _is("demonstrated", False))),
        *("reproducible", "demonstrated"),
    ),
    _scenario("isolation", None),
    _scenario("correction", NO, _is("absent_at_acceptance", False), "absent_at_acceptance"),
    _scenario("correction", NO, _interrupted, "support_since", "feature_created"),
    _scenario("correction", None),
    _scenario(
        *("requirements", NO, _any(_is_past("signed_off"), _is_past("first_used"))),
        *("signed_off", "first_used"),
    ),
    _scenario(
        "requirements",
        NO,
        _any(_is("original_requirement", False), _isnt("requirement_status", "communicated")),
        *("original_requirement", "requirement_status"),
    ),
    _scenario("requirements", None),
    _scenario("expertise", NO, _interrupted, "support_since", "feature_created"),
    _scenario("expertise", None),
)
FRAMEWORK = (
    Reason(_isnt("nature", "defect"), ("nature",), NO, "framework-not-bug"),
    _no(NO, "framework-not-bug", "minor_with_workaround", True),
    _no(NO, "framework-bug", "latest_version", False),
    _no(NO, "framework-bug", "prevents_documented_use", False),
    Reason(_always, (), None, "framework-bug"),
)
CONTENSIVE = {"how_to": HOW_TO, "custom_feature": CUSTOM_FEATURE, "framework": FRAMEWORK}


def _prismic(facts: Facts) -> tuple[Reason, ...]:
    is_basic = facts.get("kind") == "enablement" and facts.get("plan") in BASIC_PLANS
    return (Reason(_always, (), NO, "enablement"),) if is_basic else ()


def _syneto(facts: Facts) -> tuple[Reason, ...]:
    is_hardware = facts.get("kind") in {"part", "unit"}
    return (DEAD_ON_ARRIVAL, TO_BE_CALLED) if is_hardware else (TO_BE_CALLED,)


REASONS: dict[str, Callable[[Facts], tuple[Reason, ...]]] = {
    "contently": lambda _: CONTENTLY,
    "prismic": _prismic,
    "cention": lambda _: CENTION,
    "contensive": lambda facts: CONTENSIVE[facts["kind"]],
    "contentsquare": lambda _: CONTENTSQUARE,
    "bamboozle": lambda _: (),
    "ektasi": lambda _: (),
    "genesys": lambda _: (),
    "nightjar": lambda _: NIGHTJAR,
    "proact": lambda _: (),
    "red-hat-openshift": lambda _: (),
    "skyline-dataminer": lambda _: SKYLINE,
    "syneto": _syneto,
    # Of tests/workflows/ticket/placed_policy.py, which is no published policy.
    "placed": lambda _: (),
}


def _reasons(policy: str, facts: Facts) -> tuple[Reason, ...]:
    if policy not in REASONS:
        raise LookupError(
            f'no coverage rules for the policy "{policy}"; add them to REASONS in '
            "tests/chaos/model/coverage.py (`lambda _: ()` if every request is covered), and the "
            "facts that the policy requires to _required"
        )
    return REASONS[policy](facts)


SCENARIO_NEEDS = {
    "isolation": ("reproducible", "demonstrated"),
    "correction": ("support_since", "feature_created", "absent_at_acceptance"),
    "requirements": ("signed_off", "first_used", "original_requirement", "requirement_status"),
    "expertise": ("support_since", "feature_created"),
}


def _required(policy: str, facts: Facts) -> Iterator[str]:
    yield from ALWAYS_REQUIRED.get(policy, ())
    if policy == "contentsquare" and facts.get("browser") == "chrome":
        yield "browser_up_to_date"
    if policy == "syneto" and (facts.get("priority"), facts.get("channel")) == ("p1", "ticket"):
        yield "called"
    if policy == "contensive":
        yield from _required_by_contensive(facts)


ALWAYS_REQUIRED = {
    "contentsquare": ("browser",),
    "nightjar": ("receiver",),
    "skyline-dataminer": ("office",),
}


def _required_by_contensive(facts: Facts) -> Iterator[str]:
    kind = facts.get("kind")
    if kind == "how_to":
        yield "user_support"
    if kind == "custom_feature":
        yield from ("feature_warranty", "third_party", "scenario")
        yield from SCENARIO_NEEDS.get(facts.get("scenario", ""), ())
    if kind == "framework":
        yield from ("latest_version", "nature")
        if facts.get("nature") == "defect":
            yield from ("prevents_documented_use", "minor_with_workaround")
