"""Compares one ticket of the desk with a model ticket that takes the same actions."""

import copy
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.chaos.checker.differences import Difference, Observed, emails_sent
from tests.chaos.checker.normalizing import (
    desk_event,
    desk_notice,
    is_equal,
    key_text,
    model_clock,
    model_event,
    model_notice,
    parse_time,
    status_fields,
)
from tests.chaos.model.document import Plain
from tests.chaos.model.process import CLOSED, INVALID, UNMET, WRONG_ROLE
from tests.chaos.model.terms import Request
from tests.chaos.model.ticket import Ticket
from tests.chaos.workload.ticket_workload import Attempt, TicketWorkload

SLACK = timedelta(seconds=2)
"""How far times that are read through busy processes can be apart."""
_EXTERNAL = {"verdict_reached", "notice_undeliverable", "merged_in"}
"""Events whose times the desk chooses; the model takes them from its timeline."""


def request_of(workload: TicketWorkload, received_at: datetime) -> Request:
    """The request of a workload for the model."""
    return Request(workload.policy, workload.contract, workload.body, received_at)


def refused_openings(workload: TicketWorkload) -> Iterator[Difference]:
    """Openings that the desk refused and the model accepts or refuses differently."""
    for body, answer in workload.refused:
        request = Request(workload.policy, workload.contract, body, answer.answered)
        expected = "request-refused" if request.objections() else None
        if body["role"] not in {"requester", "service", "agent", "operator"}:
            expected = "wrong-role"
        if answer.problem != expected:
            yield Difference(workload.name, "opening", expected, (answer.problem, answer.body))


class Comparison:
    """Replays the actions of one ticket on the model, at the times the desk recorded."""

    def __init__(self, workload: TicketWorkload, observed: Observed) -> None:
        self.workload = workload
        self.observed = observed
        self.differences: list[Difference] = []
        received_at = parse_time(observed.view["received_at"])
        self.ticket = Ticket(workload.number, request_of(workload, received_at))
        self.ticket.merge_targets = observed.others
        with_id = [e for e in reversed(observed.events) if e.get("action_id")]
        self._accepted = {e["action_id"]: e for e in with_id}
        self._external = [e for e in observed.events if e["type"] in _EXTERNAL]
        self._now = received_at

    def run(self) -> list[Difference]:
        """All differences of this ticket."""
        for anomaly in self.workload.anomalies:
            self._differ("answer", "", anomaly)
        self._check_opening()
        if self.ticket.request.objections():
            self._differ("opening", self.ticket.request.objections(), "opened")
        for attempt in self.workload.attempts:
            if attempt.status == 200:
                self._apply(attempt)
            else:
                self._check_refusal(attempt)
        self._apply_external(len(self.observed.events) + 1)
        self._finish()
        self._compare()
        return self.differences

    def _check_opening(self) -> None:
        """The receipt lies between the request and its answer, whatever the clock of the API says.
        All times that are due follow from it.
        """
        opened, at = self.workload.opened, self.ticket.request.received_at
        if opened is not None and not opened.sent - SLACK <= at <= opened.answered + SLACK:
            self._differ("time of the opening", (opened.sent, opened.answered), at)

    def _apply(self, attempt: Attempt) -> None:
        event = self._accepted.pop(attempt.key, None)
        if event is None:
            self._differ(f"action {attempt.key}", attempt.choice.action, "lost")
            return
        at = parse_time(event["at"])
        if not attempt.earliest - SLACK <= at <= attempt.latest + SLACK:
            self._differ(f"time of {attempt.key}", (attempt.earliest, attempt.latest), at)
        self._apply_external(event["seq"])
        self.ticket.advance(at)
        refusal = self._refusal(self.ticket, attempt, at)
        if refusal is not None:
            action = f"action {attempt.key} {attempt.choice}"
            self._differ(action, f"refused: {refusal}", "accepted")
            return
        choice = attempt.choice
        self.ticket.act(choice.action, choice.role, choice.body, at, attempt.key)
        self._now = at

    def _check_refusal(self, attempt: Attempt) -> None:
        """A refusal has no recorded time: it lies between the request and its answer."""
        if self._accepted.pop(attempt.key, None) is not None:
            self._differ(f"action {attempt.key}", f"refused: {attempt.problem}", "in the timeline")
        first = max(self._now, attempt.earliest - SLACK)
        last = max(first, attempt.latest + SLACK)
        possible = {self._refusal(t, attempt, at) for t, at in self._between(first, last)}
        if attempt.choice.action == "conclude_triage":
            possible.add(self._refusal_while_undelivered(attempt, last))
        if attempt.choice.action == "merge" and None in possible:
            # The other ticket decides; merges.py checks that.
            possible.add(INVALID)
        if attempt.choice.action == "override_verdict" and possible & {UNMET, WRONG_ROLE}:
            # A ticket that was closed long ago gives this reason only.
            possible.add(CLOSED)
        if attempt.problem not in possible:
            self._differ(
                f"action {attempt.key} {attempt.choice}",
                " or ".join(str(p) for p in possible),
                f"refused: {attempt.problem}",
            )

    def _between(self, first: datetime, last: datetime) -> Iterator[tuple[Ticket, datetime]]:
        """The states that the ticket can have been in: at first, after each event, at last."""
        before = copy.deepcopy(self.ticket)
        before.advance(first)
        yield before, first
        later = copy.deepcopy(self.ticket)
        for event in self._external:
            at = parse_time(event["at"])
            if at > last:
                break
            later.advance(at)
            self._apply_event(later, event)
            yield later, at
        later.advance(last)
        yield later, last

    def _refusal(self, ticket: Ticket, attempt: Attempt, at: datetime) -> str | None:
        return ticket.refusal(attempt.choice.action, attempt.choice.role, attempt.choice.body, at)

    def _refusal_while_undelivered(self, attempt: Attempt, at: datetime) -> str | None:
        waiting = copy.copy(self.ticket)
        waiting.is_delivered = lambda _: False
        return self._refusal(waiting, attempt, at)

    def _apply_external(self, before: int) -> None:
        """Applies external events up to a sequence number: verdicts, merges, refused e-mails."""
        while self._external and self._external[0]["seq"] < before:
            event = self._external.pop(0)
            is_owed = self.ticket.owes_verdict and self.ticket.is_active
            if event["type"] == "verdict_reached" and not is_owed:
                self._differ("verdict", "none is owed", event)
            at = parse_time(event["at"])
            self.ticket.advance(at)
            self._apply_event(self.ticket, event)
            self._now = max(self._now, at)

    def _apply_event(self, ticket: Ticket, event: Plain) -> None:
        at, data = parse_time(event["at"]), event.get("data", {})
        if event["type"] == "verdict_reached":
            ticket.reach_verdict(at)
        elif event["type"] == "merged_in":
            brought = (self.observed.others or {}).get(data["number"], {})
            ticket.merge_in(data["number"], event["by"]["role"], brought, at)
        else:
            lost = [n for n in ticket.notices if key_text(n) == data["key"]]
            if lost:
                ticket.undeliverable(lost[0].key, at)

    def _finish(self) -> None:
        """Advances to the desk's last event, and to the time it has certainly reached."""
        for key, event in self._accepted.items():
            if event["by"]["role"] != "system":
                self._differ(f"action {key}", "never requested", event["type"])
        last = max((parse_time(e["at"]) for e in self.observed.events), default=self._now)
        self.ticket.advance(max(last, self.observed.until))

    def _compare(self) -> None:
        self._compare_events()
        if self.ticket.owes_verdict and self.ticket.is_active:
            self._differ("stuck", "a verdict on the facts given", "none")
        for name, expected, found in status_fields(self.ticket, self.observed.view):
            if expected != found:
                self._differ(name, expected, found)
        self._compare_clocks()
        self._compare_notices()
        self._compare_emails()

    def _compare_events(self) -> None:
        model = [model_event(e.type, e.at, e.role, e.action_id, e.data) for e in self.ticket.events]
        desk = [desk_event(e) for e in self.observed.events]
        for number, (expected, found) in enumerate(zip(model, desk, strict=False), start=1):
            if not expected.is_same(found):
                self._differ(f"event {number}", expected, found)
                return
        if len(model) != len(desk):
            extra = model[len(desk) :] or desk[len(model) :]
            self._differ("events", f"{len(model)}", f"{len(desk)}: {extra[0]}")

    def _compare_clocks(self) -> None:
        model = {f"{c.name}/{c.number}": model_clock(c) for c in self.ticket.cycles}
        desk = {f"{c['name']}/{c['cycle']}": c for c in self.observed.view["clocks"]}
        if model.keys() != desk.keys():
            self._differ("clocks", sorted(model), sorted(desk))
        for name in model.keys() & desk.keys():
            for part, expected in model[name].items():
                if not is_equal(expected, desk[name].get(part)):
                    self._differ(f"clock {name} {part}", expected, desk[name].get(part))

    def _compare_notices(self) -> None:
        model = Counter(model_notice(n) for n in self.ticket.notices)
        desk = Counter(desk_notice(n) for n in self.observed.view["notices"])
        for notice in (model - desk).elements():
            self._differ("notice", notice, "missing")
        for notice in (desk - model).elements():
            self._differ("notice", "none", notice)
        keys = Counter(n["key"] for n in self.observed.view["notices"])
        for key, count in keys.items():
            if count > 1:
                self._differ("notice", f"{key} once", f"{count} times")

    def _compare_emails(self) -> None:
        """Each notice is one e-mail, which can arrive more than once."""
        emails = self.observed.emails
        if emails is None:
            return
        expected = emails_sent(self.workload.number, self.observed)
        before, after = _identities(emails.before), _identities(emails.after)
        for email in sorted((expected - after) | (before - expected)):
            self._differ("e-mail", email in expected, f"{email in after}: {email}")
        digests = {(email["id"], email["digest"]) for email in emails.after}
        if len(digests) > len(after):
            self._differ("e-mail", "the same bytes each time", "different bytes")

    def _differ(self, field: str, expected: object, found: object) -> None:
        ticket = f"{self.workload.number} ({self.workload.name})"
        self.differences.append(Difference(ticket, field, expected, found))


def _identities(emails: list[dict[str, str]]) -> set[tuple[str, str]]:
    return {(email["id"], email["to"]) for email in emails}
