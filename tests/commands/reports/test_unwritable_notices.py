"""`desk check` refuses every notice whose event lacks a fact that its template needs."""

from pathlib import Path

import pytest

from activities.rendering.template_uses import facts_of_event
from commands.check import examine
from commands.reports.unwritable_notices import unwritable_notices
from policies.loading.loader import read_policy
from policies.vocabulary import EventType
from tests.policies.sample_documents import CONTRACT, POLICY, broken
from tests.workflows.ticket.simulated_ticket import CONTRACTS, CoreWorkload
from workflows.ticket.notices.notice_facts import notice_facts

pytestmark = pytest.mark.fault(31)
RESOLVED = "event: resolved, tell: [requester], clause"
BREACH = "{at: breach, tell: [assignee, lead]}"


def errors(tmp_path: Path, text: str, contract: str = "") -> list[str]:
    policy, account = tmp_path / "acme.yaml", tmp_path / "harbour.yaml"
    policy.write_text(text)
    files = [policy]
    if contract:
        account.write_text(contract)
        files.append(account)
    return [str(error).replace(f"{tmp_path}/", "") for error in examine(files).errors]


@pytest.mark.parametrize(
    ("event", "template", "fact"),
    [
        ("assigned", "update_posted", "`message`"),
        ("acknowledged", "resolved", "`message`"),
        ("handed_over", "opened", "`description`"),
        ("resolved", "forecast_shared", "`begins_by`, `priorities`, `revision`"),
        ("resolved", "clock_warned", "`clause`, `clock`, `cycle`, `due_at`, `promised`, `rung`"),
        ("resolved", "credit_earned", "`clause`, `credits`, `days`"),
        ("information_requested", "update_posted", "`message`"),
        ("closed", "referred", "`description`, `requester_email`"),
    ],
)
def test_a_template_whose_facts_an_event_lacks_is_an_error_at_the_notice(
    tmp_path: Path, event: str, template: str, fact: str
) -> None:
    notice = f"event: {event}, tell: [requester], template: {template}, clause"
    [error] = errors(tmp_path, broken(RESOLVED, notice))
    assert "acme.yaml:" in error
    assert f'notices[1].template: the template "{template}" needs {fact}, which the' in error
    assert "leave `template` out, or use one of acknowledged" in error


@pytest.mark.parametrize(
    ("event", "template"),
    [
        ("opened", "paged"),
        ("escalated", "handed_over"),
        ("handed_over", "with_engineering"),
        ("reclassified", "acknowledged"),
        ("resolved", "update_posted"),
        ("forecast_shared", "forecast_lapsed"),
    ],
)
def test_a_template_that_needs_no_more_may_be_written_on_another_event(
    tmp_path: Path, event: str, template: str
) -> None:
    notice = f"event: {event}, tell: [lead], template: {template}, clause"
    assert errors(tmp_path, broken(RESOLVED, notice)) == []


@pytest.mark.parametrize("template", ["resolved", "reopened", "closed", "information_needed"])
def test_a_rung_with_a_template_about_something_else_is_an_error(
    tmp_path: Path, template: str
) -> None:
    rung = BREACH.replace("}", f", template: {template}}}")
    [error] = errors(tmp_path, broken(BREACH, rung))
    assert "clocks.first_response.ladder[1].template: the template" in error
    assert 'which a rung of the clock "first_response" does not have' in error
    assert "clock_breached" in error


def test_an_unknown_template_of_a_rung_is_an_error(tmp_path: Path) -> None:
    rung = BREACH.replace("}", ", template: clock_breachd}")
    [error] = errors(tmp_path, broken(BREACH, rung))
    assert 'first_response.ladder[1].template: there is no template "clock_breachd"' in error


def test_a_notice_to_an_account_is_not_about_a_ticket(tmp_path: Path) -> None:
    old = "event: credit_earned, tell: [customer], clause"
    notice = "event: credit_earned, tell: [lead], template: paged, clause"
    [error] = errors(tmp_path, broken(old, notice))
    assert 'the template "paged" is about a ticket, and the event "credit_earned" is about' in error


def test_an_override_that_makes_a_notice_unwritable_is_an_error_of_the_contract(
    tmp_path: Path,
) -> None:
    override = "overrides:\n  notices[1].template: forecast_shared\n"
    found = errors(tmp_path, POLICY, f"{CONTRACT}\n{override}")
    assert len(found) == 1
    assert "harbour.yaml" in found[0]
    assert 'at notices[1].template, the template "forecast_shared" needs' in found[0]


def test_a_rung_of_a_clock_that_reminds_of_questions_may_list_them() -> None:
    clock = (
        "  reminders:\n    starts: [information_requested]\n    stops: [information_provided]\n"
        "    reminds: true\n    promised: false\n    within: 5 days\n    clause: response\n"
        "    ladder: [{at: 40%, tell: [requester], template: information_needed}]\n"
    )
    policy = read_policy(broken("\nprocess:\n", f"\n{clock}\nprocess:\n"))
    assert list(unwritable_notices(policy)) == []


SEEDS = (1, 2, 4, 5, 6)
"""With these, each event that has a template of its own is told to somebody at least once."""


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_events_have_the_facts_that_the_check_relies_on(path: Path) -> None:
    for seed in SEEDS:
        workload = CoreWorkload(f"facts/{seed}", path)
        workload.run()
        if workload.ticket is None:
            continue
        state = workload.ticket.state
        for record in state.notices:
            event = state.events[record.event - 1]
            if event.type in EventType and event.type == record.template:
                missing = facts_of_event(event.type) - notice_facts(state, record).keys()
                assert not missing, (event.type, missing)
