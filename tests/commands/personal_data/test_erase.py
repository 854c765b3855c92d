"""`desk erase`: what is outside Temporal, the report, and the audit log."""

import asyncio
import json
from pathlib import Path

import pytest
import typer
from temporalio.testing import WorkflowEnvironment
from typer.testing import CliRunner, Result

from api.identity.keys.key_store import KeyStoreUnusable
from api.identity.keys.key_text import KeyText
from api.identity.keys.sqlite_key_store import SqliteKeyStore
from commands.personal_data.erase import erase
from commands.personal_data.erasure_lines import WIDTH, erasure_lines
from tests.api.identity.keys.sample_keys import grant, key
from tests.harness import temporal_variables
from workflows.client.erasure.report import ErasureReport, Item, OpenTicket, Outcome
from workflows.client.erasure.staying import ALWAYS

ADDRESS = "mia.quincemarm@harbour.example"
NUMBER = "7K2M-93QF-0D1T"
app = typer.Typer()
app.command()(erase)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The files of a machine on which the person has left traces."""
    (tmp_path / "mail").mkdir()
    for name, recipient in (("1-a", f"Mia <{ADDRESS.upper()}>"), ("2-b", "leo@harbour.example")):
        text = f"To: {recipient}\nSubject: A ticket\n\nHello.\n"
        (tmp_path / "mail" / f"{name}.eml").write_text(text)
    agents = f"agents: [{{id: mia-agent, name: Mia, email: {ADDRESS}}}]"
    (tmp_path / "agents.yaml").write_text(agents)
    store = SqliteKeyStore(tmp_path / "keys.db")
    store.prepare()
    store.add(key(KeyText.new(), grant=grant(name="Mia", email=ADDRESS)))
    return tmp_path


def mail_in(state: Path) -> list[str]:
    return sorted(file.name for file in state.glob("mail/*"))


async def run(desk: WorkflowEnvironment, state: Path, *options: str, given: str = "") -> Result:
    variables = {
        **temporal_variables(desk.client),
        "DESK_STATE_DIR": str(state),
        "DESK_KEYS_FILE": str(state / "keys.db"),
        "DESK_AUDIT_LOG": str(state / "audit.jsonl"),
        "DESK_AGENTS_FILE": str(state / "agents.yaml"),
        "DESK_TOKENS": json.dumps(
            {"a-token-of-mia-0001": {"id": "mia-q", "role": "agent", "email": ADDRESS}}
        ),
    }
    return await asyncio.to_thread(
        CliRunner().invoke, app, [*options, "--json"], input=given, env=variables
    )


async def test_keys_are_revoked_caught_mail_is_deleted_and_a_second_run_finds_nothing(
    desk: WorkflowEnvironment, state: Path
) -> None:
    store = SqliteKeyStore(state / "keys.db")
    [bound] = store.read_all()
    plan = await run(desk, state, "--requester", ADDRESS, "--dry-run")
    planned = ErasureReport.model_validate_json(plan.stdout)
    assert (planned.outcome, planned.keys, planned.mails) == (Outcome.PLANNED, [bound.id], 1)
    assert (store.read_all(), mail_in(state)) == ((bound,), ["1-a.eml", "2-b.eml"])
    assert not (state / "audit.jsonl").read_text()
    done = await run(desk, state, "--requester", "-", given=f"{ADDRESS}\n")
    report = ErasureReport.model_validate_json(done.stdout)
    assert (done.exit_code, report.outcome) == (0, Outcome.ERASED)
    assert (report.keys, report.mails) == ([bound.id], 1)
    assert {"static token of mia-q", "agent mia-agent"} <= {item.what for item in report.stays}
    [revoked] = store.read_all()
    assert revoked.revoked_at is not None
    assert mail_in(state) == ["2-b.eml"]
    entry = json.loads((state / "audit.jsonl").read_text())
    assert (entry["operation"], entry["outcome"]) == ("erase_personal_data", "accepted")
    assert (entry["subject"], entry["count"]) == (report.id, 0)
    assert entry["actor"]["credential"] == f"os:{entry['actor']['id']}"
    assert "quincemarm" not in (state / "audit.jsonl").read_text()
    again = await run(desk, state, "--requester", ADDRESS)
    assert ErasureReport.model_validate_json(again.stdout).outcome is Outcome.NOTHING_LEFT


@pytest.mark.parametrize("wrong", ["mia", "mia@", ""])
async def test_a_wrong_address_is_refused(
    desk: WorkflowEnvironment, state: Path, wrong: str
) -> None:
    refused = await run(desk, state, "--requester", wrong)
    assert refused.exit_code == 2
    assert not (state / "audit.jsonl").exists()


async def test_a_key_file_that_is_not_there_ends_the_erasure_and_is_not_created(
    desk: WorkflowEnvironment, state: Path
) -> None:
    (state / "keys.db").unlink()
    refused = await run(desk, state, "--requester", ADDRESS)
    assert isinstance(refused.exception, KeyStoreUnusable)
    assert not (state / "keys.db").exists()
    assert mail_in(state) == ["1-a.eml", "2-b.eml"]


def lines(*, is_audited: bool = True, **fields: object) -> list[str]:
    report = ErasureReport.model_validate({"id": "0a9d6c1e", **fields})
    return [*erasure_lines(report, is_audited=is_audited)]


def test_every_line_fits_a_narrow_terminal_and_many_tickets_are_counted() -> None:
    numbers = [f"{n:04}-0000-0000" for n in range(1234)]
    found = lines(
        outcome=Outcome.INCOMPLETE,
        encrypted=True,
        tickets=numbers,
        closed=numbers[:2],
        accounts=["harbour-media"],
        account_runs=3,
        waiting=[Item(what=f"ticket {NUMBER}", why="it is closed, " * 20)],
        failed=[Item(what="account salt-press", why="defect")],
    )
    assert max(map(len, found)) <= WIDTH
    assert "Tickets: 1,234, data keys destroyed and histories deleted" in found
    assert "  and 1,210 more; --json lists all" in found
    assert found.index("Waiting") < found.index("Failed")


def test_a_refusal_lists_the_open_tickets_and_the_way_on() -> None:
    ticket = OpenTicket(number=NUMBER, account="harbour-media", stage="received")
    found = lines(outcome=Outcome.REFUSED, open=[ticket])
    assert f"  {NUMBER}  harbour-media  received" in found
    assert "--close-open" in " ".join(found)
    assert "Stays" not in found


def test_the_audit_log_is_named_only_if_it_has_the_id() -> None:
    audited = lines(outcome=Outcome.ERASED)
    assert "Id for your records and in the audit log: 0a9d6c1e" in audited
    assert "Id for your records: 0a9d6c1e" in lines(outcome=Outcome.ERASED, is_audited=False)
    assert "0a9d6c1e" not in " ".join(lines(outcome=Outcome.PLANNED))


def test_a_dry_run_says_what_open_tickets_need() -> None:
    ticket = OpenTicket(number=NUMBER, account="harbour-media", stage="received")
    found = lines(outcome=Outcome.PLANNED, tickets=[NUMBER], open=[ticket])
    assert "Open tickets, for which an erasure needs --close-open" in found


def test_a_dry_run_says_that_there_is_nothing() -> None:
    assert lines(outcome=Outcome.PLANNED)[0] == "Dry run: there is nothing to erase."
    assert lines(outcome=Outcome.PLANNED, mails=1)[0].endswith("An erasure would do this.")


def test_the_contracts_stay_and_an_export_lists_them() -> None:
    [contracts] = [item for item in ALWAYS if item.what.startswith("contracts")]
    assert "An export lists" in contracts.why
