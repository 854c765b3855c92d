"""The terms of one request: its policy with the contract's overrides, and its contacts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from tests.chaos.model import business_time, coverage
from tests.chaos.model.business_time import Calendar
from tests.chaos.model.clocks.promise import Promise
from tests.chaos.model.coverage import Verdict
from tests.chaos.model.document import Plain, admits, admits_facts, pick, with_overrides

DIMENSIONS = ("plan", "region", "kind", "priority")


@dataclass(frozen=True)
class Request:
    """A request as it was sent, the account's contract, and the contract's policy."""

    policy: Plain
    contract: Plain
    body: Plain
    received_at: datetime

    def __deepcopy__(self, _: object) -> "Request":
        return self

    @cached_property
    def rules(self) -> Plain:
        """The policy with the overrides of this account."""
        return with_overrides(self.policy, self.contract.get("overrides", {}))

    @cached_property
    def values(self) -> dict[str, str | None]:
        """Plan and region from the contract; kind, priority, channel and facts from the request."""
        given = {**self.body, **{k: self.contract.get(k) for k in ("plan", "region")}}
        defaults = self.rules.get("defaults", {})
        known = {name: given.get(name) or defaults.get(name) for name in DIMENSIONS}
        known["channel"] = self.body["channel"]
        return self._with_receipt({**known, **self._facts(self.body.get("facts", {}))})

    @cached_property
    def facts_in_tables(self) -> set[str]:
        """The facts by which tables go."""
        clocks = self.clocks.values()
        choices = [self.rules.get("support_hours"), *(c["within"] for c in clocks)]
        choices += [clock.get("calendar") for clock in clocks]
        dimensions = [d for c in choices if isinstance(c, dict) for d in c.get("by", ())]
        return {d.removeprefix("facts.") for d in dimensions if d.startswith("facts.")}

    def _facts(self, stated: Mapping[str, Any]) -> dict[str, str | None]:
        """The facts as rows of tables. Those of the contract take precedence."""
        facts = {**stated, **self.contract.get("facts", {})}
        written = {True: "true", False: "false"}
        return {
            f"facts.{name}": written[value] if isinstance(value, bool) else value
            for name, value in facts.items()
        }

    def _with_receipt(self, known: dict[str, str | None]) -> dict[str, str | None]:
        """These values, and whether the request came inside the hours that they have."""
        hours = pick(self.rules.get("support_hours"), known)
        if not hours:
            return known
        is_open = self._calendar(hours).is_open(self.received_at)
        return {**known, "received": "inside_hours" if is_open else "outside_hours"}

    def _values_with(self, priority: str | None, facts: Mapping[str, Any]) -> dict[str, str | None]:
        others = {name: value for name, value in self.values.items() if name != "received"}
        return self._with_receipt({**others, "priority": priority, **self._facts(facts)})

    def _calendar(self, name: str) -> Calendar:
        return business_time.calendar_of(self.rules["calendars"][name], self.received_at.date())

    def support_hours(self, priority: str | None, facts: Mapping[str, Any]) -> Calendar | None:
        """The support hours of a ticket of this priority with these facts."""
        name = pick(self.rules.get("support_hours"), self._values_with(priority, facts))
        return self._calendar(name) if name else None

    def promise(self, clock: Plain, priority: str | None, facts: Mapping[str, Any]) -> Promise:
        """The promise of a clock to a ticket of this priority with these facts, and the calendar it
        counts on.
        """
        values = self._values_with(priority, facts)
        name = pick(clock.get("calendar"), values) or pick(self.rules.get("support_hours"), values)
        cell = pick(clock["within"], values)
        return Promise.of(cell, self._calendar(name) if name else None)

    def objections(self) -> list[str]:
        """The fields for which the policy refuses the request; empty if it accepts it."""
        return [*self._unknown_values(), *self._channel(), *self._invalid_facts()]

    def verdict(self, facts: Mapping[str, Any]) -> Verdict:
        """The coverage verdict with these facts."""
        email = self.body["requester"]["email"]
        published = [p for p in self.contract.get("publications", ()) if p.get("active", True)]
        publication = self.body.get("publication")
        known: dict[str, Any] = {
            **facts,
            **self.contract.get("facts", {}),
            "active_publication": any(
                _matches(email, p.get("users", ()))
                for p in published
                if publication in (None, p["name"])
            ),
            "designated_contact": _matches(email, self.contract.get("designated", ())),
            "received_on": self.received_on,
            **{name: value for name, value in self.values.items() if value is not None},
        }
        return coverage.verdict(self.contract["policy"], known)

    @property
    def received_on(self) -> date:
        """The date of receipt in the zone of the account."""
        return self.day_of(self.received_at)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the account: that of its contract, else of the support hours."""
        hours = pick(self.rules.get("support_hours"), self.values)
        home = self._calendar(hours).zone if hours else ZoneInfo("UTC")
        return ZoneInfo(self.contract["zone"]) if "zone" in self.contract else home

    def day_of(self, at: datetime) -> date:
        """The account's date at a time."""
        return at.astimezone(self.zone).date()

    def end_of(self, day: date) -> datetime:
        """The last instant of a date of the account: the midnight after it."""
        midnight = datetime.combine(day + timedelta(days=1), time(0), tzinfo=self.zone)
        return midnight.astimezone(UTC)

    @cached_property
    def contacts(self) -> dict[str, str]:
        """Addresses by audience; contacts of the contract take precedence, and before them the
        account manager of the publication.
        """
        people = {**self.rules.get("contacts", {}), **self.contract.get("contacts", {})}
        if manager := (self._publication or {}).get("account_manager"):
            people["account_manager"] = manager
        return {name: who["email"] for name, who in people.items()} | {
            "requester": self.body["requester"]["email"]
        }

    @property
    def _publication(self) -> Plain | None:
        """The named publication, else the only one that the requester belongs to."""
        every, name = self.contract.get("publications", ()), self.body.get("publication")
        email = self.body["requester"]["email"]
        own = [
            p for p in every if (p["name"] == name if name else _matches(email, p.get("users", ())))
        ]
        return own[0] if len(own) == 1 else None

    @cached_property
    def notices(self) -> list[Plain]:
        """The notice rules that apply to this plan, region, kind and channel."""
        every = self.rules.get("notices", [])
        dimensions = ("plan", "region", "kind", "channel")
        return [rule for rule in every if admits(rule, self.values, *dimensions)]

    def tells(self, rule: Plain, facts: Mapping[str, Any]) -> bool:
        """Whether a notice is for a ticket that has these facts now."""
        return admits_facts(rule, self._facts(facts))

    def chosen(self, choice: Any, priority: str | None, facts: Mapping[str, Any]) -> Any:
        """A value as it stands, or the cell for a ticket of this priority with these facts."""
        return pick(choice, {**self._facts(facts), "priority": priority})

    @cached_property
    def clocks(self) -> dict[str, Plain]:
        """The clock rules by name."""
        clocks: dict[str, Plain] = self.rules.get("clocks", {})
        return clocks

    @cached_property
    def process(self) -> Plain:
        """The process parameters."""
        process: Plain = self.rules.get("process", {})
        return process

    def levels(self, priority: str | None) -> list[str]:
        """The audiences of the management levels at a priority, lowest first."""
        ladder = self.process.get("levels", {}).get("ladder", [])
        values = {**self.values, "priority": priority}
        own = [level for level in ladder if admits(level, self.values, "plan")]
        return [pick(level["audience"], values) for level in own]

    @cached_property
    def names_of_levels(self) -> list[set[str]]:
        """For each level, its audiences at all priorities."""
        priorities = self.rules.get("priorities", {None: None})
        each = [self.levels(priority) for priority in priorities]
        return [set(names) for names in zip(*each, strict=True)]

    @cached_property
    def milestones(self) -> dict[str, list[str]]:
        """The milestones of the policy, each with the roles that record it."""
        every = self.rules.get("milestones", {})
        return {name: rule.get("by", ["agent"]) for name, rule in every.items()}

    @cached_property
    def reasons(self) -> dict[str, Plain]:
        """The named reasons for refusing a request."""
        refused = [r for r in self.rules.get("coverage", ()) if r["verdict"] != "covered"]
        return {rule["id"]: rule for rule in refused if "id" in rule}

    @cached_property
    def exclusions(self) -> set[str]:
        """The clauses on which a request can be refused."""
        refused = [r for r in self.rules.get("coverage", ()) if r["verdict"] != "covered"]
        return {rule["clause"] for rule in refused}

    @property
    def contract_facts(self) -> set[str]:
        """The facts that nobody is asked for, because only the contract states them."""
        every = self.rules.get("facts", {})
        return {name for name, rule in every.items() if rule.get("given_by") == "contract"}

    def wrong_facts(self, facts: Mapping[str, Any]) -> list[str]:
        """The names of the stated facts that the policy does not take."""
        every = self.rules.get("facts", {})
        return [name for name, value in facts.items() if not _is_right(every.get(name), value)]

    def _unknown_values(self) -> Iterator[str]:
        declared = {"plan": "plans", "region": "regions", "kind": "kinds", "priority": "priorities"}
        for name, several in declared.items():
            choices, value = self.rules.get(several, {}), self.values[name]
            if (value is None and choices) or (value is not None and value not in choices):
                yield name

    def _channel(self) -> Iterator[str]:
        rules = self.rules.get("channels", [])
        dimensions = ("plan", "kind", "priority", "region", "received")
        fitting = [rule for rule in rules if admits(rule, self.values, *dimensions)]
        fitting = [rule for rule in fitting if admits_facts(rule, self.values)]
        if rules and not any(self.values["channel"] in rule["channels"] for rule in fitting):
            yield "channel"

    def _invalid_facts(self) -> Iterator[str]:
        yield from (f"facts.{name}" for name in self.wrong_facts(self.body.get("facts", {})))


def _is_right(rule: Plain | None, value: Any) -> bool:
    """Whether a request may state this value of a fact."""
    if rule is None or rule.get("given_by") == "contract":
        return False
    if rule.get("choices") and not rule.get("allow_other"):
        return isinstance(value, str) and value in rule["choices"]
    if rule["type"] == "bool" or isinstance(value, bool):
        return rule["type"] == "bool" and isinstance(value, bool)
    if rule["type"] == "date":
        return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))
    types: dict[str, Any] = {"int": int, "double": (int, float), "string": str}
    return isinstance(value, types[rule["type"]])


def missing_stages(request: Request) -> set[str]:
    """The stages of parts of the process that the policy does not declare (docs/policies.md)."""
    process, missing = request.process, set()
    if not {"escalation", "triage"} & set(process):
        missing.add("triage")
    if not {"handoff", "forecast"} & set(process):
        missing |= {"awaiting_handoff", "engineering_review", "engineering_work"}
        if "releases" not in process and "next_release" not in str(request.clocks):
            missing.add("scheduled_release")
    if "forecast" not in process:
        missing.add("forecast_shared")
    return missing


def _matches(email: str, users: Any) -> bool:
    known = {str(user).lower() for user in users}
    return not known or email.lower() in known or "*@" + email.lower().rpartition("@")[2] in known
