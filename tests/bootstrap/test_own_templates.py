"""The processes of a deployment load the policies' own templates, and refuse wrong ones."""

from pathlib import Path
from shutil import copytree

import pytest

from bootstrap.own_templates import own_templates
from bootstrap.senders import senders
from commands.reports.sample_letters import Circumstances, sample_letters
from policies.documents.problems import PolicyErrors
from policies.loading.policy_catalog import PolicyCatalog
from policies.vocabulary import Carrier, EventType
from settings import ROOT
from tests.activities.rendering.sample_notices import IDENTITY, html_of, received, text_of
from tests.harness import RecordingMailer

EXAMPLES = ROOT / "examples" / "policies"
WARNING = "call the coast guard on VHF channel 16"


async def test_a_ticket_is_sent_the_own_letter_of_its_policy() -> None:
    catalog = PolicyCatalog.load(EXAMPLES)
    mailer = RecordingMailer()
    sender = senders(mailer, IDENTITY, own=own_templates(EXAMPLES, catalog))[Carrier.MAIL]
    letters = sample_letters(catalog.latest("nightjar"), Circumstances(plan="fleet"))
    [opened] = [each.notice for each in letters if each.event is EventType.OPENED]
    await sender.send(opened)
    [sent] = mailer.emails
    email = received(sent)
    assert WARNING in text_of(email)
    assert "VHF channel 16" in html_of(email)
    assert email["Subject"].endswith("Received, and we need some information from you: The export "
    "stays empty")  # fmt: skip


def test_wrong_templates_are_refused_with_all_their_errors(tmp_path: Path) -> None:
    copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    folder = tmp_path / "templates" / "nightjar" / "en"
    (folder / "opened.txt.j2").write_text("{{ numbr }}")
    (folder / "opend.txt.j2").write_text("x")
    with pytest.raises(PolicyErrors) as refused:
        own_templates(tmp_path, PolicyCatalog.load(tmp_path))
    assert len(refused.value.problems) == 2
