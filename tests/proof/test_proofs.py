"""A proof states what follows: for every policy, role and turn of events."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from policies.schema.request import TicketFacts
from policies.terms.model.calendar import PinnedCalendar
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement import settle
from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, EventType, Role
from proof.commitments import Salts, commitment
from proof.instants import instant, parsed
from proof.making import ProofMaker
from proof.signing import InvalidKey, ProofKey, PublicKey
from tests.harness import CATALOG, HARBOUR, MIA, OPERATOR, REQUESTER, new_york, opening
from tests.proof.proofs import (
    ANOTHER_KEY,
    KEY,
    LATE,
    MAKER,
    asked_and_answered,
    changed,
    claim_of,
    credits_of,
    events_of_type,
    paused,
    played,
    proof_of,
    proof_of_scenario,
    record_of,
    value_of,
    verified,
)
from tests.workflows.ticket.process.test_settlements import unsettled
from tests.workflows.ticket.simulated_ticket import CONTRACTS, CoreWorkload
from tests.workflows.ticket.state.test_revisions import WHY, terms_at
from tests.workflows.ticket.ticket_driver import (
    TicketDriver,
    awaiting_handoff,
    escalated,
    forecast_shared,
    handed_over,
    resolved,
    reviewed,
)
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.state.revisions import LARGEST_EARLIER_TERMS, MOST_EARLIER_TERMS
from workflows.ticket.state.ticket_state import TicketState

ROLES = (Role.OPERATOR, Role.REQUESTER)
CREDITED = [LATE, LATE.with_name("claimed-on-day-31.yaml")]
STATES = (
    TicketDriver, escalated, awaiting_handoff, handed_over, reviewed, forecast_shared, resolved,
    asked_and_answered, paused,
)  # fmt: skip


def follows(driver: TicketDriver, role: Role) -> list[str]:
    """The clocks that are recomputed from the proof of a ticket, which holds."""
    report = verified(proof_of(driver, role))
    assert report.holds, report.findings
    assert report.not_recomputed == {}
    return report.recomputed


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_the_proof_of_a_random_ticket_holds_for_every_reader(path: Path) -> None:
    workload = CoreWorkload("proof", path)
    workload.run()
    if workload.ticket is None:
        return
    record = record_of(workload.ticket, workload.now)
    for role in ROLES:
        report = verified(MAKER.make(record, role))
        assert report.holds, (role, report.findings)
        assert role is Role.REQUESTER or report.not_recomputed == {}
        assert {*report.not_recomputed.values()} <= {"hidden"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("begin", STATES, ids=lambda begin: begin.__name__)
def test_the_proof_of_a_ticket_in_any_stage_holds(begin: Any, role: Role) -> None:
    driver = begin()
    assert follows(driver, role)
    later = driver.until_instant(driver.now + timedelta(days=40))
    assert follows(later, role)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", CREDITED, ids=lambda path: path.stem)
def test_credits_are_recomputed_from_the_lateness(path: Path, role: Role) -> None:
    report = verified(proof_of_scenario(path, role))
    assert report.holds, report.findings
    assert "clock resolution (credits)" in report.recomputed


def test_credits_are_left_out_for_whoever_may_not_read_the_account() -> None:
    player = played(LATE)
    assert player.driver is not None
    credits = credits_of(player)
    hidden = proof_of(player.driver, Role.REQUESTER, credits, sees_credits=False)
    nothing = proof_of(player.driver, Role.REQUESTER, [], sees_credits=False)
    for proof in (hidden, nothing):
        [item] = value_of(proof)["credits"]
        assert [*item] == ["hidden"]
    assert verified(hidden).holds


def test_credits_that_lag_behind_their_ticket_are_stated_and_named() -> None:
    player = played(LATE)
    assert player.driver is not None
    [credits] = credits_of(player)
    lagging = credits.model_copy(update={"earned": 1})
    report = verified(proof_of(player.driver, Role.AGENT, [lagging]))
    assert report.holds
    assert report.not_recomputed == {"clock resolution (credits)": "account"}
    assert "clock resolution" in report.recomputed


class TestTermsThatChange:
    @pytest.mark.parametrize("role", ROLES)
    def test_a_ticket_under_several_revisions_is_recomputed_from_its_opening(
        self, role: Role
    ) -> None:
        driver = TicketDriver().until("2027-01-06 15:00")
        new = terms_at(first_response="1 business day")
        driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
        driver.until("2027-01-07 10:00")
        newer = terms_at(
            revision=new.revision + timedelta(days=1), first_response="3 business days"
        )
        driver.act(Action.CHANGE_REVISION, OPERATOR, terms=newer, **WHY)
        driver.until("2027-01-20 10:00")
        assert "clock first_response" in follows(driver, role)
        proof = value_of(proof_of(driver, role))
        assert len(proof["terms"]) == 3
        assert claim_of(proof, "first_response")["target"] == "3 business days"

    def test_earlier_terms_survive_continue_as_new(self) -> None:
        driver = TicketDriver().until("2027-01-06 15:00")
        new = terms_at(first_response="1 business day")
        driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
        before = proof_of(driver)
        assert proof_of(driver.carried()) == before

    def test_a_proof_names_what_it_cannot_recompute_without_terms_of_long_ago(self) -> None:
        driver = TicketDriver().until("2027-01-06 15:00")
        for days in range(MOST_EARLIER_TERMS + 1):
            terms = terms_at(
                revision=terms_at().revision + timedelta(days=days),
                first_response=f"{1 + days % 3} business days",
            )
            driver.act(Action.CHANGE_REVISION, OPERATOR, terms=terms, **WHY)
        assert len(driver.state.earlier_terms) == MOST_EARLIER_TERMS
        report = verified(proof_of(driver))
        assert report.holds, report.findings
        assert {*report.not_recomputed.values()} == {"terms"}
        assert "clock first_response" in report.not_recomputed
        assert report.recomputed == []

    def test_earlier_terms_are_kept_as_far_as_there_is_room(self) -> None:
        driver = TicketDriver().until("2027-01-06 15:00")
        huge = {f"{year}-01-01": f"{year}" * 250 for year in range(2000, 2100)}
        for days in range(3):
            terms = terms_at(
                revision=terms_at().revision + timedelta(days=days),
                first_response=f"{1 + days} business days",
            )
            calendars = {
                name: calendar.model_copy(update={"closed": huge})
                for name, calendar in terms.calendars.items()
            }
            changed_terms = terms.model_copy(update={"calendars": calendars})
            driver.act(Action.CHANGE_REVISION, OPERATOR, terms=changed_terms, **WHY)
        kept = driver.state.earlier_terms
        assert 0 < len(kept) < 3
        assert sum(len(each.model_dump_json()) for each in kept) <= LARGEST_EARLIER_TERMS
        assert verified(proof_of(driver)).holds

    @pytest.mark.parametrize("role", ROLES)
    def test_terms_that_were_settled_late_count_from_the_opening(self, role: Role) -> None:
        driver = unsettled()
        driver.until_instant(driver.now + timedelta(hours=3))
        driver.act(Action.RESPOND, message="We are on it.", outcomes=["escalation"])
        driver.until_instant(driver.now + timedelta(days=9))
        received = driver.state.opening.received_at
        facts = TicketFacts(requester=MIA, channel="email")
        terms = settle(CATALOG.in_force("contently", received), HARBOUR, facts, received)
        driver.ticket.settle(Settlement(terms=terms), driver.now)
        # The loop of the workflow catches up in the same task.
        driver.until_instant(driver.now)
        assert any(driver.state.events_of(EventType.TERMS_SETTLED))
        assert "clock first_response" in follows(driver, role)
        assert any(driver.state.events_of(EventType.CLOCK_BREACHED))
        driver.until_instant(driver.now + timedelta(days=30))
        assert "clock triage" in follows(driver, role)

    def test_a_ticket_without_terms_has_a_proof_of_its_events(self) -> None:
        driver = unsettled()
        driver.act(Action.RESPOND, message="We are on it.", outcomes=["escalation"])
        report = verified(proof_of(driver))
        assert (report.holds, report.recomputed, report.events) == (True, [], 3)


class TestTimeZones:
    def test_a_proof_holds_whatever_the_machine_knows_of_zones_and_holidays(self) -> None:
        """Its zone exists on no machine, and neither do its clock change and its holiday."""
        driver = TicketDriver(opened=_on_mars())
        driver.until_instant(driver.now + timedelta(days=10))
        [offsets] = {calendar.offsets for calendar in driver.state.terms.calendars.values()}
        assert len(offsets) == 2
        for role in ROLES:
            assert "clock first_response" in follows(driver, role)
        due = parsed(claim_of(value_of(proof_of(driver)), "first_response")["due_at"])
        assert due == driver.clock("first_response").due_at
        assert due != TicketDriver(opened=opening(_RECEIVED)).clock("first_response").due_at

    def test_reading_a_proof_opens_no_zone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import zoneinfo

        proof = proof_of_scenario()
        before = zoneinfo.TZPATH
        zoneinfo.reset_tzpath([])
        zoneinfo.ZoneInfo.clear_cache()
        try:
            assert verified(proof).holds
        finally:
            zoneinfo.reset_tzpath(before)


class TestWhatIsHidden:
    SECRET = "Their proxy, as always; do not tell them."

    def test_a_requester_gets_nothing_that_the_tables_hide(self) -> None:
        driver = asked_and_answered()
        driver.act(Action.ADD_NOTE, note=self.SECRET)
        driver.act(
            Action.ASSIGN, assignee={"id": "ada-17", "name": "Ada", "email": "ada@x.example"}
        )
        proof = proof_of(driver, Role.REQUESTER).decode()
        for hidden in (self.SECRET, "ada-17", "note_added", "clock_warned", '"ada"'):
            assert hidden not in proof
        assert self.SECRET in proof_of(driver, Role.AGENT).decode()

    def test_the_internal_clocks_and_their_terms_are_hidden(self) -> None:
        proof = proof_of(asked_and_answered(), Role.REQUESTER).decode()
        internal = [c.name for c in asked_and_answered().state.terms.clocks if not c.promised]
        assert internal
        assert [
            name for name in internal if f'"clock":"{name}"' in proof or f'"name":"{name}"' in proof
        ] == []

    def test_the_number_of_hidden_clocks_and_calendars_is_not_told(self) -> None:
        for driver in (TicketDriver(), asked_and_answered()):
            value = value_of(proof_of(driver, Role.REQUESTER))
            [terms] = value["terms"]
            for items in (value["clocks"], value["credits"], terms["clocks"], terms["calendars"]):
                assert [*map(list, items)].count(["hidden"]) == 1

    def test_the_time_of_a_hidden_last_event_is_not_told(self) -> None:
        driver = TicketDriver().until("2027-01-06 15:00").act(Action.WITHDRAW, REQUESTER)
        last = driver.now
        note = driver.state.events[-1].model_copy(
            update={
                "seq": len(driver.state.events) + 1,
                "type": EventType.NOTE_ADDED,
                "at": last + timedelta(hours=5),
            }
        )
        driver.state.events.append(note)
        assert value_of(proof_of(driver, Role.REQUESTER))["as_of"] == instant(last)
        assert value_of(proof_of(driver, Role.AGENT))["as_of"] == instant(note.at)
        assert verified(proof_of(driver, Role.REQUESTER)).holds
        assert verified(proof_of(driver, Role.AGENT)).holds

    def test_an_equal_value_elsewhere_has_another_hash(self) -> None:
        salts = Salts(KEY.salt_secret, "A")
        hashes = {
            Salts(secret, ticket).item(kind, place, value).commitment
            for secret in (KEY.salt_secret, ANOTHER_KEY.salt_secret)
            for ticket in "AB"
            for kind in ("field", "event")
            for place in "12"
            for value in (True, False)
        }
        assert len(hashes) == 32
        assert salts.item("field", "1", True) == Salts(KEY.salt_secret, "A").item(
            "field", "1", True
        )

    def test_a_salt_that_was_shown_does_not_help_to_guess_another_value_in_its_place(self) -> None:
        salts = Salts(KEY.salt_secret, "A")
        shown = salts.item("clock", "triage/1", "met")
        hidden = salts.item("clock", "triage/1", "breached").commitment
        guesses = {commitment("clock", shown.salt, guess) for guess in ("met", "breached")}
        assert hidden not in guesses

    def test_the_number_of_hidden_fields_says_little(self) -> None:
        driver = TicketDriver()
        driver.act(Action.ACKNOWLEDGE)
        driver.act(Action.ASSIGN, assignee={"id": "a", "name": "A", "email": "a@x.example"})
        value = value_of(proof_of(driver, Role.REQUESTER))
        assert {len(each["item"]["value"]["fields"]) for each in value["events"]} == {8}

    def test_a_holder_can_leave_out_more_and_the_rest_holds(self) -> None:
        def hide_message(value: dict[str, Any]) -> None:
            [responded] = events_of_type(value, "responded")
            for field in responded["fields"]:
                if field.get("value", [""])[0] == "data.message":
                    hidden = commitment("field", field["salt"], field["value"])
                    field.clear()
                    field["hidden"] = hidden

        proof = proof_of(asked_and_answered(), Role.REQUESTER)
        less = changed(proof, hide_message)
        assert len(less) < len(proof)
        assert verified(less).holds

    def test_every_reader_gets_the_same_chain(self) -> None:
        driver = asked_and_answered()
        links = [
            [each["link"] for each in value_of(proof_of(driver, role))["events"]] for role in ROLES
        ]
        assert links[0] == links[1]


class TestMaking:
    def test_the_same_record_has_the_same_proof(self) -> None:
        assert proof_of(asked_and_answered()) != b""
        driver = asked_and_answered()
        assert proof_of(driver) == proof_of(driver)

    def test_a_record_is_exact_up_to_a_duty_that_was_not_performed(self) -> None:
        driver = TicketDriver()
        record = record_of(driver.ticket, driver.now + timedelta(days=30))
        assert driver.now < record.as_of < driver.now + timedelta(days=30)
        report = verified(MAKER.make(record, Role.AGENT))
        assert report.holds, report.findings

    def test_a_record_has_no_notices_and_none_of_their_addresses(self) -> None:
        record = record_of(asked_and_answered().ticket, new_york("2027-02-15 10:00"))
        assert (record.state.notices, record.state.handled, record.state.late) == ([], {}, [])

    def test_a_state_of_an_earlier_release_has_a_proof(self) -> None:
        driver = asked_and_answered()
        data = driver.state.model_dump(mode="json")
        del data["earlier_terms"]
        old = Ticket(TicketState.model_validate(data))
        assert verified(MAKER.make(record_of(old, driver.now), Role.AGENT)).holds

    def test_a_full_ticket_has_a_proof_that_is_read(self) -> None:
        driver = TicketDriver()
        for number in range(400):
            driver.ticket.state.events.append(
                driver.state.events[0].model_copy(
                    update={
                        "seq": number + 2,
                        "type": EventType.NOTE_ADDED,
                        "data": {"note": "x" * 300},
                        "action_id": f"note-{number}",
                    }
                )
            )
        assert verified(proof_of(driver)).holds

    @pytest.mark.parametrize("key", ["", "AAAA", "not base64", "A" * 44, "x" * 1000])
    def test_a_key_that_is_none_is_refused(self, key: str) -> None:
        with pytest.raises(InvalidKey):
            ProofMaker(ProofKey(key))
        with pytest.raises(InvalidKey):
            PublicKey(key)

    def test_a_key_is_not_shown(self) -> None:
        assert "for tests only" not in repr(KEY) + repr(MAKER.__dict__)

    def test_an_instant_is_read_as_it_was_written(self) -> None:
        for at in (
            datetime(2027, 3, 1, 9, tzinfo=UTC),
            datetime(2027, 3, 1, 9, 0, 0, 5, tzinfo=UTC),
        ):
            assert parsed(instant(at)) == at
        for text in ("2027-03-01", "2027-03-01T09:00:00+01:00", "x", "2027-03-01T09:00:00.5Z"):
            with pytest.raises(ValueError, match="is not a UTC time"):
                parsed(text)


_RECEIVED = new_york("2027-01-06 14:00")


def _on_mars() -> Any:
    opened = opening(_RECEIVED)
    terms = opened.terms
    first = int(_RECEIVED.timestamp()) - 10_000_000
    change = int(_RECEIVED.timestamp()) + 50_000
    offsets = ((first, -18_000, "MST"), (change, -14_400, "MDT"))
    own = {"zone": "Mars/Olympus", "offsets": offsets, "closed": {"2027-01-08": "Phobos Day"}}
    calendars = {
        name: PinnedCalendar.model_validate(calendar.model_dump() | own)
        for name, calendar in terms.calendars.items()
    }
    changed: Terms = terms.model_copy(
        update={"calendars": calendars, "zone": "Mars/Olympus", "offsets": offsets}
    )
    return opened.model_copy(update={"terms": changed})
