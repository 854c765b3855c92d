"""A proof holds whatever the machine that verifies it knows of zones and holidays."""

import pytest

from policies.business_time.zones import zone_names
from policies.vocabulary import Role
from tests.proof.changed_rules import FOLDER, PLACES, due_times, ticket
from tests.proof.proofs import Json, forged, proof_of, value_of, verified

NEWER = "Atlantis/New_Capital"
"""A zone that no database has yet."""


@pytest.mark.parametrize("name", PLACES)
def test_a_proof_made_under_older_zones_and_holidays_holds_under_newer_ones(name: str) -> None:
    older = (FOLDER / f"{name}.json").read_bytes()
    report = verified(older)
    assert report.holds, report.findings
    assert report.recomputed == ["clock first_update", "clock resolution"]
    today = due_times(proof_of(ticket(name), Role.REQUESTER))
    assert today.keys() == due_times(older).keys()
    assert today != due_times(older), PLACES[name].law


def test_a_proof_made_under_newer_zones_and_holidays_holds_under_older_ones() -> None:
    def rename(proof: Json) -> None:
        for _, calendar in (item["value"] for item in calendars_of(proof)):
            calendar["zone"] = NEWER
            calendar["closed"]["Day of the New Capital"] = ["2027-04-30"]

    assert NEWER not in zone_names()
    report = verified(forged((FOLDER / "mexico.json").read_bytes(), rename))
    assert report.holds, report.findings


def test_a_due_time_follows_from_the_offsets_and_holidays_that_a_proof_states() -> None:
    def take_back_the_law(proof: Json) -> None:
        [(_, calendar)] = [item["value"] for item in calendars_of(proof)]
        today = value_of(proof_of(ticket("rome"), Role.REQUESTER))
        [(_, of_today)] = [item["value"] for item in calendars_of(today)]
        calendar["closed"] = of_today["closed"]

    report = verified(forged((FOLDER / "rome.json").read_bytes(), take_back_the_law))
    assert "due_at does not follow" in {finding.says for finding in report.findings}


def calendars_of(proof: Json) -> list[Json]:
    """The calendars of a proof that are shown."""
    return [item for item in proof["terms"][0]["calendars"] if "value" in item]
