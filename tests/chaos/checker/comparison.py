"""Holding a ticket of the desk against the reference that saw the same actions."""

import copy
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.chaos.checker.differences import Difference, Found, letters_sent
from tests.chaos.checker.normalizing import (
    instant,
    is_equal,
    key_text,
    our_clock,
    our_event,
    our_notice,
    standings,
    their_event,
    their_notice,
)
from tests.chaos.model.document import Plain
from tests.chaos.model.process import INVALID
from tests.chaos.model.terms import Request
from tests.chaos.model.ticket import Ticket
from tests.chaos.workload.ticket_life import Attempt, Life

SLACK = timedelta(seconds=2)
"""How far clocks that are read through busy processes may be apart."""
CLOSED_ANSWERS = {"ticket-closed", "wrong-stage", "wrong-role"}
SAID_OF_CLOSED = {"wrong-stage", "wrong-role", "condition-unmet"}
_OUTSIDE = {"verdict_reached", "notice_undeliverable", "merged_in", "merge_undelivered"}


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
        received_at = instant(found.view["received_at"])
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
        for attempt in self.life.attempts:
            if attempt.status == 200:
                self._take(attempt)
            else:
                self._refuse(attempt)
        self._take_outside(len(self.found.events) + 1)
        self._finish()
        self._compare()
        return self.differences

    def _take(self, attempt: Attempt) -> None:
        event = self._taken.pop(attempt.key, None)
        if event is None:
            self._differ(f"action {attempt.key}", attempt.choice.action, "nothing: it is lost")
            return
        at = instant(event["at"])
        if not attempt.earliest - SLACK <= at <= attempt.latest + SLACK:
            self._differ(f"instant of {attempt.key}", (attempt.earliest, attempt.latest), at)
        self._take_outside(event["seq"])
        self.ticket.advance(at)
        refusal = self._refusal(self.ticket, attempt, at)
        if refusal is not None:
            tried = f"action {attempt.key} {attempt.choice}"
            self._differ(tried, f"refused: {refusal}", "accepted")
            return
        choice = attempt.choice
        self.ticket.act(choice.action, choice.role, choice.said, at, attempt.key)
        self._now = at

    def _refuse(self, attempt: Attempt) -> None:
        """At an instant nobody wrote down: somewhere between asking and answering."""
        if self._taken.pop(attempt.key, None) is not None:
            self._differ(f"action {attempt.key}", f"refused: {attempt.problem}", "in the timeline")
        first = max(self._now, attempt.earliest - SLACK)
        last = max(first, attempt.latest + SLACK)
        possible = {self._refusal(t, attempt, at) for t, at in self._between(first, last)}
        if attempt.choice.action == "conclude_triage":
            possible.add(self._refusal_while_undelivered(attempt, last))
        if attempt.choice.action == "merge" and None in possible:
            # The other one may have been closed; see merges.py.
            possible.add(INVALID)
        if attempt.problem not in possible and not self._is_closed_answer(attempt, possible):
            self._differ(
                f"action {attempt.key} {attempt.choice}",
                " or ".join(str(p) for p in possible),
                f"refused: {attempt.problem}",
            )

    def _between(self, first: datetime, last: datetime) -> Iterator[tuple[Ticket, datetime]]:
        """The ticket as it may have been: at first, after whatever became true, and at last."""
        before = copy.deepcopy(self.ticket)
        before.advance(first)
        yield before, first
        later = copy.deepcopy(self.ticket)
        for event in self._outside:
            at = instant(event["at"])
            if at > last:
                break
            later.advance(at)
            self._from_outside(later, event)
            yield later, at
        later.advance(last)
        yield later, last

    def _refusal(self, ticket: Ticket, attempt: Attempt, at: datetime) -> str | None:
        return ticket.refusal(attempt.choice.action, attempt.choice.role, attempt.choice.said, at)

    def _refusal_while_undelivered(self, attempt: Attempt, at: datetime) -> str | None:
        waiting = copy.copy(self.ticket)
        waiting.delivered = lambda _: False
        return self._refusal(waiting, attempt, at)

    @staticmethod
    def _is_closed_answer(attempt: Attempt, possible: set[str | None]) -> bool:
        """A closed ticket says so in one of several ways, by how long ago that was."""
        return attempt.problem in CLOSED_ANSWERS and bool(possible & SAID_OF_CLOSED)

    def _take_outside(self, before: int) -> None:
        """What came from outside at an instant of its own: verdicts, merges, and letters that came
        back.
        """
        while self._outside and self._outside[0]["seq"] < before:
            event = self._outside.pop(0)
            is_owed = self.ticket.owes_verdict and self.ticket.is_active
            if event["type"] == "verdict_reached" and not is_owed:
                self._differ("verdict", "none is owed", event)
            self.ticket.advance(instant(event["at"]))
            self._from_outside(self.ticket, event)
            self._now = max(self._now, instant(event["at"]))

    def _from_outside(self, ticket: Ticket, event: Plain) -> None:
        at, data = instant(event["at"]), event.get("data", {})
        if event["type"] == "verdict_reached":
            ticket.reach_verdict(at)
        elif event["type"] == "merged_in":
            brought = (self.found.others or {}).get(data["number"], {})
            ticket.follow(event["by"]["role"], brought, at)
        elif event["type"] == "merge_undelivered":
            ticket.lose_merge(at)
        else:
            lost = [n for n in ticket.notices if key_text(n) == data["key"]]
            if lost:
                ticket.lose_notice(lost[0].key, at)

    def _finish(self) -> None:
        """Until the desk's last event, and for as long as its time has certainly passed."""
        for key, event in self._taken.items():
            if event["by"]["role"] != "system":
                self._differ(f"action {key}", "never asked for", event["type"])
        last = max((instant(e["at"]) for e in self.found.events), default=self._now)
        self.ticket.advance(max(last, self.found.until))

    def _compare(self) -> None:
        self._compare_events()
        if self.ticket.owes_verdict and self.ticket.is_active:
            self._differ("stuck", "a verdict on what was given", "none")
        for name, expected, found in standings(self.ticket, self.found.view):
            if expected != found:
                self._differ(name, expected, found)
        self._compare_clocks()
        self._compare_notices()
        self._compare_letters()

    def _compare_events(self) -> None:
        ours = [our_event(e.type, e.at, e.role, e.action_id, e.data) for e in self.ticket.events]
        theirs = [their_event(e) for e in self.found.events]
        for number, (our, their) in enumerate(zip(ours, theirs, strict=False), start=1):
            if not our.is_same(their):
                self._differ(f"event {number}", our, their)
                return
        if len(ours) != len(theirs):
            extra = ours[len(theirs) :] or theirs[len(ours) :]
            self._differ("events", f"{len(ours)}", f"{len(theirs)}: {extra[0]}")

    def _compare_clocks(self) -> None:
        ours = {f"{c.name}/{c.number}": our_clock(c) for c in self.ticket.cycles}
        theirs = {f"{c['name']}/{c['cycle']}": c for c in self.found.view["clocks"]}
        if ours.keys() != theirs.keys():
            self._differ("clocks", sorted(ours), sorted(theirs))
        for name in ours.keys() & theirs.keys():
            for part, expected in ours[name].items():
                if not is_equal(expected, theirs[name].get(part)):
                    self._differ(f"clock {name} {part}", expected, theirs[name].get(part))

    def _compare_notices(self) -> None:
        ours = Counter(our_notice(n) for n in self.ticket.notices)
        theirs = Counter(their_notice(n) for n in self.found.view["notices"])
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


def _addressed(letters: list[dict[str, str]]) -> set[tuple[str, str]]:
    return {(letter["id"], letter["to"]) for letter in letters}
