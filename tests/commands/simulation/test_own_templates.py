"""A ticket on real workflows is sent the templates beside its policy."""

from datetime import UTC, datetime

from activities.templates.own_templates import read_policy_templates
from commands.scenario.script import read_script
from commands.simulation.runner import run
from commands.simulation.simulated_desk import SimulatedDesk
from policies.loading.policy_catalog import PolicyCatalog
from settings import ROOT
from tests.activities.rendering.sample_notices import html_of, text_of

CUTTER = ROOT / "examples" / "scenarios" / "nightjar" / "the-cutter-off-sagres.yaml"


async def test_a_ticket_is_sent_the_own_letter_of_its_policy_and_our_other_ones() -> None:
    script = read_script(CUTTER, PolicyCatalog.shipped(), datetime.now(UTC))
    assert script.policy_file is not None
    own = {"nightjar": read_policy_templates(script.policy_file.parent, "nightjar")}
    async with SimulatedDesk.begin(own=own) as desk:
        result = await run(desk, script, "PLAY-0000-0001", lambda _: None)
        emails = list(desk.catcher.messages)
    assert not result.failures
    [opened] = [email for email in emails if "Received" in email["Subject"]]
    assert "Thank you for writing to the watch." in text_of(opened)
    assert "by Friday 5 March 2032, 00:50 WET" in text_of(opened)
    assert "VHF channel 16" in html_of(opened)
    others = [email for email in emails if email is not opened]
    assert others
    assert not any("VHF" in text_of(email) for email in others)
