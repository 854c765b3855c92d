"""Holding a ticket of the desk against the reference that saw the same actions."""

import copy
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from benchmarks.chaos_model.clocks import Cycle
from benchmarks.chaos_model.document import Plain
from benchmarks.chaos_model.process import INVALID
from benchmarks.chaos_model.terms import Request
from benchmarks.chaos_model.ticket import Ticket
from benchmarks.chaos_model.timeline import Notice
from benchmarks.chaos_people.life import Deed, Life

SLACK = timedelta(seconds=2)
"""How far clocks that are read through busy processes may be apart."""
EQUAL = timedelta(milliseconds=1)
CLOSED_ANSWERS = {"ticket-closed", "wrong-stage", "wrong-role"}
SAID_OF_CLOSED = {"wrong-stage", "wrong-role", "condition-unmet"}


class Difference(NamedTuple):
    """Where desk and reference do not agree."""

    ticket: str
    field: str
    expected: object
    found: object


@dataclass(frozen=True)
class Letters:
    """What arrived for one ticket before anybody looked at its notices, and until afterwards: time
    goes on while one looks, and a clock may ring in between.
    """

    before: list[dict[str, str]]
    after: list[dict[str, str]]


@dataclass
class Found:
    """What the desk has of one ticket, and until when its time has certainly passed."""

    view: Plain
    events: list[Plain]
    letters: Letters | None
    """What arrived; None where nobody looked."""
    until: datetime
    others: Mapping[str, Mapping[str, str]] | None = None
    """Other tickets of the account, where somebody looks: whom each would bring into a merge, as
    addresses by the numbers of their tickets.
    """
    domain: str = "desk.example"


def request_of(life: Life, received_at: datetime) -> Request:
    """The request of a life as the reference knows it."""
    return Request(life.policy, life.contract, life.body, received_at)


def refused_openings(life: Life) -> Iterator[Difference]:
    """Where the desk took no ticket, and the reference would have, or for another reason."""
    for body, answer in life.refused:
        asked = Request(life.policy, life.contract, body, answer.answered)
        expected = "request-refused" if asked.objections() else None
        if body["role"] not in {"requester", "service", "agent", "operator"}:
            expected = "wrong-role"
        if answer.problem != expected:
            yield Difference(life.name, "opening", expected, (answer.problem, answer.body))


class Hearing:
    """One ticket: its deeds told to the reference, at the instants the desk has for them."""

    def __init__(self, life: Life, found: Found) -> None:
        self.life = life
        self.found = found
        self.differences: list[Difference] = []
        received_at = _instant(found.view["received_at"])
        self.ticket = Ticket(life.number, request_of(life, received_at))
        self.ticket.others = found.others
        self._taken = {e["action_id"]: e for e in reversed(found.events) if e.get("action_id")}
        self._outside = [e for e in found.events if e["type"] in _OUTSIDE]
        self._now = received_at

    def hear(self) -> list[Difference]:
        """All differences of this ticket."""
        for odd in self.life.odd:
            self._differ("answer", "", odd)
        if self.ticket.request.objections():
            self._differ("opening", self.ticket.request.objections(), "opened")
        for deed in self.life.deeds:
            if deed.status == 200:
                self._take(deed)
            else:
                self._refuse(deed)
        self._take_outside(len(self.found.events) + 1)
        self._finish()
        self._compare()
        return self.differences

    def _take(self, deed: Deed) -> None:
        event = self._taken.pop(deed.key, None)
        if event is None:
            self._differ(f"action {deed.key}", deed.choice.action, "nothing: it is lost")
            return
        at = _instant(event["at"])
        if not deed.earliest - SLACK <= at <= deed.latest + SLACK:
            self._differ(f"instant of {deed.key}", (deed.earliest, deed.latest), at)
        self._take_outside(event["seq"])
        self.ticket.advance(at)
        refusal = self._refusal(self.ticket, deed, at)
        if refusal is not None:
            self._differ(f"action {deed.key} {deed.choice}", f"refused: {refusal}", "accepted")
            return
        choice = deed.choice
        self.ticket.act(choice.action, choice.role, choice.said, at, deed.key)
        self._now = at

    def _refuse(self, deed: Deed) -> None:
        """At an instant nobody wrote down: somewhere between asking and answering."""
        if self._taken.pop(deed.key, None) is not None:
            self._differ(f"action {deed.key}", f"refused: {deed.problem}", "in the timeline")
        first = max(self._now, deed.earliest - SLACK)
        last = max(first, deed.latest + SLACK)
        possible = {self._refusal(t, deed, at) for t, at in self._between(first, last)}
        if deed.choice.action == "conclude_triage":
            possible.add(self._refusal_while_undelivered(deed, last))
        if deed.choice.action == "merge" and None in possible:
            # The other one may have been closed; see merges.py.
            possible.add(INVALID)
        if deed.problem not in possible and not self._is_closed_answer(deed, possible):
            self._differ(
                f"action {deed.key} {deed.choice}",
                " or ".join(str(p) for p in possible),
                f"refused: {deed.problem}",
            )

    def _between(self, first: datetime, last: datetime) -> Iterator[tuple[Ticket, datetime]]:
        """The ticket as it may have been: at first, after whatever became true, and at last."""
        before = copy.deepcopy(self.ticket)
        before.advance(first)
        yield before, first
        later = copy.deepcopy(self.ticket)
        for event in self._outside:
            at = _instant(event["at"])
            if at > last:
                break
            later.advance(at)
            self._from_outside(later, event)
            yield later, at
        later.advance(last)
        yield later, last

    def _refusal(self, ticket: Ticket, deed: Deed, at: datetime) -> str | None:
        return ticket.refusal(deed.choice.action, deed.choice.role, deed.choice.said, at)

    def _refusal_while_undelivered(self, deed: Deed, at: datetime) -> str | None:
        waiting = copy.copy(self.ticket)
        waiting.delivered = lambda _: False
        return self._refusal(waiting, deed, at)

    @staticmethod
    def _is_closed_answer(deed: Deed, possible: set[str | None]) -> bool:
        """A closed ticket says so in one of several ways, by how long ago that was."""
        return deed.problem in CLOSED_ANSWERS and bool(possible & SAID_OF_CLOSED)

    def _take_outside(self, before: int) -> None:
        """What came from outside at an instant of its own: verdicts, merges, and letters that came
        back.
        """
        while self._outside and self._outside[0]["seq"] < before:
            event = self._outside.pop(0)
            is_owed = self.ticket.owes_verdict and self.ticket.is_active
            if event["type"] == "verdict_reached" and not is_owed:
                self._differ("verdict", "none is owed", event)
            self.ticket.advance(_instant(event["at"]))
            self._from_outside(self.ticket, event)
            self._now = max(self._now, _instant(event["at"]))

    def _from_outside(self, ticket: Ticket, event: Plain) -> None:
        at, data = _instant(event["at"]), event.get("data", {})
        if event["type"] == "verdict_reached":
            ticket.reach_verdict(at)
        elif event["type"] == "merged_in":
            brought = (self.found.others or {}).get(data["number"], {})
            ticket.follow(event["by"]["role"], brought, at)
        elif event["type"] == "merge_undelivered":
            ticket.lose_merge(at)
        else:
            lost = [n for n in ticket.notices if _key_text(n) == data["key"]]
            if lost:
                ticket.lose_notice(lost[0].key, at)

    def _finish(self) -> None:
        """Until the desk's last event, and for as long as its time has certainly passed."""
        for key, event in self._taken.items():
            if event["by"]["role"] != "system":
                self._differ(f"action {key}", "never asked for", event["type"])
        last = max((_instant(e["at"]) for e in self.found.events), default=self._now)
        self.ticket.advance(max(last, self.found.until))

    def _compare(self) -> None:
        self._compare_events()
        if self.ticket.owes_verdict and self.ticket.is_active:
            self._differ("stuck", "a verdict on what was given", "none")
        for name, expected, found in _standing(self.ticket, self.found.view):
            if expected != found:
                self._differ(name, expected, found)
        self._compare_clocks()
        self._compare_notices()
        self._compare_letters()

    def _compare_events(self) -> None:
        ours = [_event(e.type, e.at, e.role, e.action_id, e.data) for e in self.ticket.events]
        theirs = [_their_event(e) for e in self.found.events]
        for number, (our, their) in enumerate(zip(ours, theirs, strict=False), start=1):
            if not our.is_same(their):
                self._differ(f"event {number}", our, their)
                return
        if len(ours) != len(theirs):
            extra = ours[len(theirs) :] or theirs[len(ours) :]
            self._differ("events", f"{len(ours)}", f"{len(theirs)}: {extra[0]}")

    def _compare_clocks(self) -> None:
        ours = {f"{c.name}/{c.number}": _clock(c) for c in self.ticket.cycles}
        theirs = {f"{c['name']}/{c['cycle']}": c for c in self.found.view["clocks"]}
        if ours.keys() != theirs.keys():
            self._differ("clocks", sorted(ours), sorted(theirs))
        for name in ours.keys() & theirs.keys():
            for part, expected in ours[name].items():
                if not _is_equal(expected, theirs[name].get(part)):
                    self._differ(f"clock {name} {part}", expected, theirs[name].get(part))

    def _compare_notices(self) -> None:
        ours = Counter(_notice(n) for n in self.ticket.notices)
        theirs = Counter(_their_notice(n) for n in self.found.view["notices"])
        for notice in (ours - theirs).elements():
            self._differ("notice", notice, "not there")
        for notice in (theirs - ours).elements():
            self._differ("notice", "not there", notice)
        keys = Counter(n["key"] for n in self.found.view["notices"])
        for key, count in keys.items():
            if count > 1:
                self._differ("notice", f"{key} once", f"{count} times")

    def _compare_letters(self) -> None:
        """Each notice is one letter, however often that arrived."""
        letters = self.found.letters
        if letters is None:
            return
        expected = letters_sent(self.life.number, self.found)
        before, after = _addressed(letters.before), _addressed(letters.after)
        for letter in sorted((expected - after) | (before - expected)):
            self._differ("letter", letter in expected, f"{letter in after}: {letter}")
        digests = {(letter["id"], letter["digest"]) for letter in letters.after}
        if len(digests) > len(after):
            self._differ("letter", "the same bytes each time", "different ones")

    def _differ(self, field: str, expected: object, found: object) -> None:
        where = f"{self.life.number} ({self.life.name})"
        self.differences.append(Difference(where, field, expected, found))


def letters_sent(number: str, found: Found) -> set[tuple[str, str]]:
    """The letters that a ticket says it sent: Message-ID and address of each."""
    return {
        (f"<{number}.{sha256(n['key'].encode()).hexdigest()[:16]}@{found.domain}>", n["to"])
        for n in found.view["notices"]
        if n["status"] == "sent"
    }


def _addressed(letters: list[dict[str, str]]) -> set[tuple[str, str]]:
    return {(letter["id"], letter["to"]) for letter in letters}


_OUTSIDE = {"verdict_reached", "notice_undeliverable", "merged_in", "merge_undelivered"}


class _Event(NamedTuple):
    type: str
    at: datetime
    role: str
    action_id: str | None
    data: dict[str, Any]

    def is_same(self, other: "_Event") -> bool:
        return self._replace(at=other.at) == other and abs(self.at - other.at) <= EQUAL


def _event(
    kind: str, at: datetime, role: str, action_id: str | None, data: dict[str, Any]
) -> _Event:
    said = {name: value for name, value in data.items() if name in _TOLD and value is not None}
    return _Event(kind, at, role, None if role == "system" else action_id, said)


def _their_event(event: Plain) -> _Event:
    data = event.get("data", {})
    at, role = _instant(event["at"]), event["by"]["role"]
    return _event(event["type"], at, role, event.get("action_id"), data)


_TOLD = {
    *("clock", "cycle", "rung", "closed_as", "level", "audience", "begins_by", "proposed"),
    *("revision", "from", "to", "assignee", "outcomes", "viewpoint", "priority", "resolved"),
    *("decision", "facts", "release", "into"),
}


def _standing(ticket: Ticket, view: Plain) -> Iterator[tuple[str, object, object]]:
    assignee = (view.get("assignee") or {}).get("id")
    yield "stage", ticket.stage, view["stage"]
    yield "waiting_on", ticket.waiting_on, view["waiting_on"]
    yield "closed_as", ticket.closed_as, view.get("closed_as")
    yield "priority", ticket.priority, view.get("priority")
    yield "assignee", (ticket.assignee or {}).get("id"), assignee
    until = view.get("contest_until")
    if not _is_equal(ticket.contest_until, until):
        yield "contest_until", ticket.contest_until, until
    yield "merged_into", ticket.merged_into, view.get("merged_into")
    yield "forecast", _forecast(ticket.forecast), _forecast(view.get("forecast"))
    awaited = [c.due_at for c in ticket.cycles if c.state == "running" or c.is_overdue]
    due = view.get("next_due")
    expected, found = min(awaited, default=None), _instant(due) if due else None
    if not _is_equal(expected, due):
        yield "next_due", expected, found


def _forecast(forecast: Plain | None) -> object:
    if forecast is None:
        return None
    days = (str(forecast["begins_by"]), str(forecast["proposed"]))
    return (*days, forecast["revision"], bool(forecast.get("lapsed")), forecast["priorities"])


def _clock(cycle: Cycle) -> dict[str, object]:
    is_paused = cycle.state == "paused"
    return {
        "state": cycle.state,
        "clause": cycle.promise.clause or cycle.rule["clause"],
        "promised": cycle.rule.get("promised", True),
        "target": cycle.length,
        "started_at": cycle.started_at,
        "due_at": None if is_paused else cycle.due_at,
        "owed_seconds": cycle.owed.total_seconds() if is_paused else None,
        "paused_at": cycle.pauses[-1].since if is_paused else None,
        "breached_at": cycle.breached_at,
        "completed_at": cycle.completed_at,
    }


def _is_equal(expected: object, found: object) -> bool:
    if isinstance(expected, datetime) and isinstance(found, str):
        return abs(expected - _instant(found)) <= EQUAL
    if isinstance(expected, float) and isinstance(found, float | int):
        return abs(expected - found) < EQUAL.total_seconds()
    return expected == found


def _notice(notice: Notice) -> tuple[object, ...]:
    is_refused = notice.to.endswith("@refused.example")
    status = "undeliverable" if is_refused else "sent"
    return (_key_text(notice), notice.template, notice.audience, notice.to, status)


def _their_notice(notice: Plain) -> tuple[object, ...]:
    return tuple(notice[name] for name in ("key", "template", "audience", "to", "status"))


def _key_text(notice: Notice) -> str:
    """An identity as the API shows it."""
    parts: Sequence[object] = [p for p in notice.key if p != 0]
    return "/".join(str(part) for part in parts)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
