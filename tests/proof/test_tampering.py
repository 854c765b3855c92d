"""What somebody changes in a proof is found: by the signature if they do not have the key, and by
recomputing if they do.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any, NamedTuple

import pytest

from policies.vocabulary import Role
from proof.canonical import canonical
from proof.commitments import commitment
from proof.verification import Report, verify
from tests.proof.proofs import (
    ANOTHER_KEY,
    KEY,
    Json,
    asked_and_answered,
    changed,
    claim_of,
    events_of_type,
    field_of,
    forged,
    paused,
    proof_of,
    proof_of_scenario,
    value_of,
    verified,
)

LATER, OTHER = "2031-06-03T10:34:56Z", "0" * 64


@cache
def late() -> bytes:
    """The proof of a resolution that is late, with its credits, for staff."""
    return proof_of_scenario()


@cache
def asked() -> bytes:
    """The proof of a ticket that has waited for its requester, as the requester gets it."""
    return proof_of(asked_and_answered(), Role.REQUESTER)


@cache
def waited() -> bytes:
    """The proof of a ticket with a clock that has paused."""
    return proof_of(paused())


def parts(report: Report) -> str:
    return "; ".join(f"{finding.part}: {finding.says}" for finding in report.findings)


class Tampering(NamedTuple):
    """A change of a proof, and where recomputing finds it, if somebody with the key has made it."""

    name: str
    change: Callable[[Json], object]
    found: str
    proof: Callable[[], bytes] = late


def put(place: Callable[[Json], Json], name: str, value: Any) -> Callable[[Json], object]:
    def change(proof: Json) -> None:
        place(proof)[name] = value

    return change


def event(kind: str, name: str, value: Any) -> Callable[[Json], object]:
    return put(lambda proof: events_of_type(proof, kind)[0], name, value)


def calendar(name: str, value: Any) -> Callable[[Json], object]:
    return put(lambda proof: proof["terms"][0]["calendars"][0]["value"][1], name, value)


def clock_terms(proof: Json, clock: str) -> Json:
    terms = (each["value"] for each in proof["terms"][0]["clocks"] if "value" in each)
    return next(each for each in terms if each["name"] == clock)


def claim(clock: str, name: str, value: Any) -> Callable[[Json], object]:
    return put(lambda proof: claim_of(proof, clock), name, value)


def credit(name: str, value: Any) -> Callable[[Json], object]:
    return put(lambda proof: proof["credits"][0]["value"], name, value)


def remove_event(kind: str) -> Callable[[Json], object]:
    def change(proof: Json) -> None:
        [wanted] = events_of_type(proof, kind)
        rest = [each for each in proof["events"] if each["item"].get("value") is not wanted]
        for number, each in enumerate(rest, start=1):
            each["item"].get("value", {})["seq"] = number
        proof["events"] = rest

    return change


def hide_event(kind: str) -> Callable[[Json], object]:
    def change(proof: Json) -> None:
        [wanted] = events_of_type(proof, kind)
        [part] = [each for each in proof["events"] if each["item"].get("value") is wanted]
        part["item"] = {"hidden": OTHER}

    return change


def swap_events(proof: Json) -> None:
    events = proof["events"]
    events[-1], events[-2] = events[-2], events[-1]


def swap_times(proof: Json) -> None:
    values = [each["item"]["value"] for each in proof["events"]]
    first, second = [each for each in values if not each["type"].startswith("clock_")][:2]
    first["at"], second["at"] = second["at"], first["at"]


def cut(proof: Json) -> None:
    del proof["events"][-1]


def longer_target(proof: Json) -> None:
    promises = clock_terms(proof, "resolution")["promises"]
    for promise in promises.values():
        if "within" in promise:
            promise["within"] = "20 business days"


def move_pause(proof: Json) -> None:
    [asked] = events_of_type(proof, "information_provided")
    asked["at"] = "2026-06-11T15:30:00Z"


def first_hidden_field(proof: Json) -> Json:
    fields: list[Json] = proof["events"][1]["item"]["value"]["fields"]
    return next(each for each in fields if "hidden" in each)


def show_made_up(proof: Json) -> None:
    field = first_hidden_field(proof)
    field.clear()
    field.update(salt="0" * 32, value=["data.reason", "They never pay."])


def reorder_fields(proof: Json) -> None:
    proof["events"][1]["item"]["value"]["fields"].reverse()


def swap_salts(proof: Json) -> None:
    one, other = [item for item in proof["clocks"] if "salt" in item][:2]
    one["salt"], other["salt"] = other["salt"], one["salt"]


def state_twice(part: str) -> Callable[[Json], object]:
    def change(proof: Json) -> None:
        [*_, item] = [each for each in proof[part] if "value" in each]
        proof[part].insert(0, deepcopy(item))

    return change


def state_another_due_time_before(proof: Json) -> None:
    state_twice("clocks")(proof)
    proof["clocks"][0]["value"]["due_at"] = LATER


def repeat_clock_terms(proof: Json) -> None:
    terms = proof["terms"][0]["clocks"]
    terms.append(deepcopy(next(each for each in terms if "value" in each)))


def add_unknown_rule(proof: Json) -> None:
    clock_terms(proof, "resolution")["grace"] = "10 hours"


def close_in_two_ways(proof: Json) -> None:
    closed = proof["terms"][0]["calendars"][0]["value"][1].setdefault("closed", {})
    closed |= {"2031-06-02": "Whit Monday", "Whit Monday": ["2031-06-03"]}


TAMPERINGS = (
    Tampering("another instant", event("resolved", "at", LATER), "clock resolution: completed_at"),
    Tampering("an event removed", remove_event("responded"), "first_response"),
    Tampering("an event replaced by a hash", hide_event("responded"), "first_response"),
    Tampering("events swapped", swap_events, "says that it is event"),
    Tampering("the times of events swapped", swap_times, "events"),
    Tampering("another type of event", event("responded", "type", "acknowledged"), "clock"),
    Tampering(
        "another length of a pause", move_pause, "next_update, cycle 2: due_at", waited
    ),
    Tampering("another target", longer_target, "clock resolution: due_at"),
    Tampering("a clock that starts on another event", put(
        lambda proof: clock_terms(proof, "resolution"), "starts", ["opened"]
    ), "clock resolution"),
    Tampering("other opening hours", calendar(
        "weekly", {day: [["09:00", "12:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    ), "due_at"),
    Tampering("another holiday", calendar("closed", {"Made up": ["2031-05-20"]}), "due_at"),
    Tampering("another offset of the zone", calendar(
        "offsets", [[0, -3 * 3600, "XXX"]]
    ), "due_at"),
    Tampering("another due time", claim("resolution", "due_at", LATER), "due_at"),
    Tampering("another time of a breach", claim("resolution", "breached_at", LATER), "breached_at"),
    Tampering("a breach that is called met", claim("resolution", "state", "met"), "state"),
    Tampering("another lateness", claim("resolution", "seconds_late", 1), "seconds_late"),
    Tampering("an event of a breach at another time", event(
        "clock_breached", "at", "2031-06-02T10:30:00Z"
    ), "the deadline"),
    Tampering("no event of a breach", remove_event("clock_breached"), "no event says so"),
    Tampering("a warning with another due time", lambda proof: field_of(
        events_of_type(proof, "clock_breached")[0], "data.due_at"
    ).update(value=["data.due_at", "2031-06-05T10:00:00+00:00"]), "the deadline"),
    Tampering("another number of credits", credit("earned", 7), "credits"),
    Tampering("other entries of credits", put(
        lambda proof: proof["credits"][0]["value"]["entries"][0], "credits", 9
    ), "entries of the account"),
    Tampering("another rule of credits", put(
        lambda proof: proof["credits"][0]["value"]["rule"], "each", "1 hours"
    ), "credits"),
    Tampering("a claim removed", lambda proof: proof["clocks"].pop(0), "is not stated"),
    Tampering("a cycle that never was", lambda proof: proof["clocks"].append(
        {"salt": "0" * 32, "value": {**claim_of(proof, "resolution"), "cycle": 2}}
    ), "does not run"),
    Tampering("a later time for which it is", lambda proof: proof.update(
        as_of="2031-06-20T00:00:00Z"
    ), ""),
    Tampering("an earlier time for which it is", lambda proof: proof.update(
        as_of="2031-06-01T00:00:00Z"
    ), "an event is later"),
    Tampering("the last events cut, and chained again", cut, "clock"),
    Tampering("another number of the ticket", lambda proof: proof.update(
        number="AAAA-BBBB-CCCC"
    ), ""),
    Tampering("another reader", lambda proof: proof.update(reader="requester"), ""),
    Tampering("another salt", lambda proof: proof["clocks"][0].update(salt="0" * 32), ""),
    Tampering("a hidden item replaced", lambda proof: first_hidden_field(proof).update(
        hidden=OTHER
    ), "", asked),
    Tampering("a hidden item that is shown with a made-up value", show_made_up, "", asked),
    Tampering("fields of an event in another order", reorder_fields, ""),
    Tampering("the salts of two claims swapped", swap_salts, ""),
    Tampering("a claim that is stated twice", state_twice("clocks"), "is stated twice"),
    Tampering("another due time before the one that follows", state_another_due_time_before,
        "is stated twice"),
    Tampering("credits that are stated twice", state_twice("credits"), "are stated twice"),
    Tampering("terms of a clock that are stated twice", repeat_clock_terms, "a clock twice"),
    Tampering("a rule that no release knows", add_unknown_rule, "not known here"),
    Tampering("closed days in a form that is passed over", close_in_two_ways, "not known here"),
    Tampering("a cycle that is no number", claim("resolution", "cycle", True), "no cycle"),
    Tampering("zone offsets that contradict each other", lambda proof: proof["terms"][0][
        "calendars"
    ][0]["value"][1]["offsets"].append([0, 7200, "X"]), "the transition at 0 follows"),
    Tampering("another worth of an entry of credits", put(
        lambda proof: proof["credits"][0]["value"]["entries"][0]["granted"], "days", 3
    ), "not worth its credits"),
)  # fmt: skip


def test_an_unchanged_proof_holds() -> None:
    for proof in (late(), asked(), waited()):
        report = verified(proof)
        assert report.holds, parts(report)
        assert report.recomputed
    assert "clock resolution (credits)" in verified(late()).recomputed


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda each: each.name)
def test_a_change_without_the_key_is_found(tampering: Tampering) -> None:
    report = verified(changed(tampering.proof(), tampering.change))
    assert not report.holds
    assert {"root", "chain"} & {finding.part for finding in report.findings}


@pytest.mark.parametrize(
    "tampering", [each for each in TAMPERINGS if each.found], ids=lambda each: each.name
)
def test_a_change_that_the_holder_of_the_key_signs_is_found_by_recomputing(
    tampering: Tampering,
) -> None:
    report = verified(forged(tampering.proof(), tampering.change))
    assert not report.holds
    assert not {finding.part for finding in report.findings} & {"root", "signature", "key", "chain"}
    assert tampering.found in parts(report)


def test_at_least_twenty_kinds_are_tried() -> None:
    assert len({each.name for each in TAMPERINGS}) >= 20


def test_a_holder_can_hide_a_clock_as_a_whole() -> None:
    def hide(proof: Json) -> None:
        [terms] = proof["terms"]
        shown = (each for each in terms["clocks"] if "value" in each)
        hide_item("clock terms", next(i for i in shown if i["value"]["name"] == "first_response"))
        claims = (each for each in proof["clocks"] if "value" in each)
        hide_item("clock", next(i for i in claims if i["value"]["clock"] == "first_response"))

    report = verified(changed(late(), hide))
    assert report.holds, parts(report)
    assert "clock first_response" not in report.recomputed


def hide_item(kind: str, item: Json) -> None:
    hidden = commitment(kind, item["salt"], item["value"])
    item.clear()
    item["hidden"] = hidden


class TestTheWholeFile:
    @pytest.mark.parametrize(
        ("damage", "reason"),
        [
            pytest.param(lambda data: data[: len(data) // 2], "not JSON", id="truncated"),
            pytest.param(lambda data: data + b"{}", "not JSON", id="trailing data"),
            pytest.param(lambda data: data + b"\0", "not JSON", id="a trailing byte"),
            pytest.param(lambda data: b"", "not JSON", id="empty"),
            pytest.param(
                lambda data: data.replace(b'{"as_of"', b'{"as_of":"x","as_of"', 1),
                "a key twice",
                id="a key twice",
            ),
            pytest.param(
                lambda data: data.replace(b'":"', b'": "', 1), "canonical", id="not canonical"
            ),
            pytest.param(
                lambda data: data.replace(b"proof/1", b"proof/2", 1), "proof/2", id="a new version"
            ),
            pytest.param(
                lambda data: changed(data, lambda proof: proof.pop("format")),
                "format is missing",
                id="no version",
            ),
            pytest.param(
                lambda data: changed(data, lambda proof: proof.pop("signature")),
                "signature",
                id="no signature",
            ),
            pytest.param(
                lambda data: changed(data, lambda proof: proof.update(note="trust me")),
                "note",
                id="an unknown member",
            ),
            pytest.param(lambda data: b"[" * 10_000, "nested", id="deep"),
            pytest.param(lambda data: b" " * (33 * 1024**2), "larger than 32 MiB", id="huge"),
            pytest.param(lambda data: canonical([1]), "format is missing", id="another document"),
        ],
    )
    def test_a_damaged_file_is_refused_with_a_reason(
        self, damage: Callable[[bytes], bytes], reason: str
    ) -> None:
        [finding] = verified(damage(late())).findings
        assert (finding.part, reason in finding.says) == ("file", True), finding.says
        assert len(finding.says) < 400


class TestTheSignature:
    def test_another_key_than_the_trusted_one_is_found(self) -> None:
        assert "key: is not the trusted one" in parts(verify(late(), ANOTHER_KEY.public))

    def test_a_proof_that_another_key_has_signed_is_found(self) -> None:
        again = forged(late(), lambda proof: None, ANOTHER_KEY)
        assert parts(verified(again)) == "key: is not the trusted one"

    def test_a_proof_that_nobody_vouches_for_does_not_hold(self) -> None:
        assert "nobody vouches for it" in parts(verify(late(), None))

    @pytest.mark.parametrize("signature", ["", "AAAA", "=", "x" * 88, "A" * 86 + "=="])
    def test_a_signature_that_is_none_is_found(self, signature: str) -> None:
        report = verified(changed(late(), lambda proof: proof.update(signature=signature)))
        assert parts(report) == "signature: is not that of the key for this proof"

    def test_the_signature_of_another_proof_is_found(self) -> None:
        def swap(proof: Json) -> None:
            proof["signature"] = value_of(asked())["signature"]

        assert "signature: is not that" in parts(verified(changed(late(), swap)))

    @pytest.mark.parametrize("key", ["", "AAAA", "not base64!"])
    def test_a_key_that_is_none_is_found(self, key: str) -> None:
        assert "is not a public key" in parts(
            verified(changed(late(), lambda proof: proof.update(key=key)))
        )


class TestAnEarlierProof:
    def test_the_events_of_an_earlier_proof_are_the_first_of_a_later_one(self) -> None:
        driver = asked_and_answered()
        earlier = proof_of(driver, Role.REQUESTER)
        driver.act("post_update", message="We are on it.")  # type: ignore[arg-type]
        for role in (Role.REQUESTER, Role.AGENT):
            report = verify(proof_of(driver, role), KEY.public, earlier)
            assert report.holds, parts(report)

    def test_a_history_that_was_rewritten_consistently_is_found(self) -> None:
        """Whoever has the key can sign any past, but not take back a proof that they gave away."""
        driver, another = asked_and_answered(), asked_and_answered()
        another.ticket.state.events[1] = another.ticket.state.events[1].model_copy(
            update={"data": {**another.ticket.state.events[1].data, "message": "Sent earlier."}}
        )
        another.ticket.state.opening = driver.ticket.state.opening
        report = verify(proof_of(another), KEY.public, proof_of(driver))
        assert parts(report) == (
            f"earlier proof: has other events among its {len(driver.state.events)}: "
            "the record was changed"
        )

    def test_an_earlier_proof_of_another_ticket_or_with_more_events_is_found(self) -> None:
        assert "is of another ticket" in parts(verify(late(), KEY.public, asked()))
        driver = asked_and_answered()
        before = proof_of(driver)
        driver.act("post_update", message="We are on it.")  # type: ignore[arg-type]
        assert "more events" in parts(verify(before, KEY.public, proof_of(driver)))
        assert "not a proof" in parts(verify(before, KEY.public, b"{}"))
