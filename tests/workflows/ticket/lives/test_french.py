"""A French account is answered in French, whatever is refused: no sentence of English is left."""

from collections.abc import Iterator
from datetime import date, timedelta
from email.message import EmailMessage
from itertools import chain
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import unsettled_terms
from policies.vocabulary import Action, EventType, Role
from tests.harness import OPERATOR, Life, RecordingMailer, new_york, opening
from tests.languages import is_english
from tests.policies.requests import contract, local
from tests.workflows.ticket import ticket_driver as contently
from tests.workflows.ticket.actions import test_coverage as contest
from tests.workflows.ticket.pending_merge import PendingMerge
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.client.ticket_errors import ActionRefused
from workflows.shared.action_request import ActionInput, ActionRequest, Actor
from workflows.shared.refusals import Refusal
from workflows.shared.texts.english import ENGLISH
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.opening import Opening

PARIS = "Europe/Paris"
AT = new_york("2027-01-06 14:00")
LUMIERE, FORGE = contract("maison-lumiere"), contract("alder-forge")
CHROME = {"browser": "chrome", "browser_up_to_date": True}
ZOE = {"id": "zoe", "name": "Zoé", "email": "zoe@desk.example"}
FAR = date(2099, 1, 1)
ATTEMPTS: dict[Action, list[dict[str, Any]]] = {
    Action.ACKNOWLEDGE: [{}],
    Action.ASSIGN: [{}, {"assignee": ZOE}],
    Action.RESPOND: [
        {"message": "Voilà.", "outcomes": outcomes, "questions": questions}
        for outcomes, questions in (
            ([], []),
            (["resolution", "resolution"], []),
            (["resolution"], ["Quand ?"]),
            (["information_request"], []),
            (["escalation"], []),
        )
    ],
    Action.REQUEST_INFORMATION: [{"message": "Quand ?"}],
    Action.PROVIDE_INFORMATION: [{"message": "Hier."}],
    Action.POST_UPDATE: [{"message": "Nous cherchons."}],
    Action.ESCALATE: [{"reason": "Toujours rien."}],
    Action.RECORD_FINDING: [{"step": "reproduce", "result": "Oui."}],
    Action.CONCLUDE_TRIAGE: [
        {"resolved": False, "conclusion": "Une régression.", "undelivered": undelivered}
        for undelivered in (None, "Ils ont été appelés.")
    ],
    Action.HAND_OVER: [{}],
    Action.RECORD_REVIEW: [
        {"viewpoint": "engineering", "priority": "p9"},
        {"viewpoint": "product", "priority": "high"},
    ],
    Action.SHARE_FORECAST: [{}, {"begins_by": FAR}, {"begins_by": FAR, "reason": "Vacances."}],
    Action.START_ENGINEERING: [{}],
    Action.SCHEDULE_RELEASE: [{"release": "2027.3"}],
    Action.RECLASSIFY: [{"priority": p, "reason": "Pressé."} for p in ("p9", "p2", "high", "p1")],
    Action.RAISE_LEVEL: [{"reason": "Toujours rien."}, {"reason": "À lui.", "to": "nobody"}],
    Action.OVERRIDE_VERDICT: [{"reason": "Par courtoisie."}],
    Action.SETTLE_TERMS: [{}],
    Action.RESOLVE: [{"resolution": "Corrigé."}],
    Action.REOPEN: [{"reason": "Encore."}],
    Action.CLOSE: [
        {"closed_as": "resolved"},
        {"closed_as": "no_reply"},
        {"closed_as": "duplicate"},
        {"closed_as": "withdrawn"},
        {"closed_as": "not_covered", "clause": "p0"},
        {"closed_as": "not_covered", "clause": "browser"},
        {"closed_as": "not_covered", "reason": "Un autre."},
        {"closed_as": "not_covered", "reason": "customer_site", "clause": "browser"},
        {"closed_as": "not_eligible", "reason": "customer_site"},
    ],
    Action.WITHDRAW: [{}],
    Action.MERGE: [{"into": "7K2M-0QXW-9HTE"}],
}
ZOE_ASKS = Actor(id="zoe", role=Role.REQUESTER, name="Zoé Roy")
ZOE_HELPS = {"id": "ada", "name": "Ada Lebrun", "email": "ada@desk.example"}
AGENT = Actor(id="ada", role=Role.AGENT, name="Ada Lebrun")
ASKER = Requester(name="Zoé", email="zoe@maison-lumiere.example", locale="fr")
RECEPTION = Requester(name="Ines", email="reception@birch-clinic.example")
ASKED = TicketFacts(requester=ASKER, channel="email")
OUTSIDE = {"key_reused", "closed", "defect", "and_also", "request_not_kept", "other_policy"}
OUTSIDE |= {"no_revision", "called_off", "unsettled_terms", "other_terms", "same_terms"}
OUTSIDE |= {"closed_uncontested", "no_ticket", "of_another_account", "closed_merged"}
OUTSIDE |= {"merging", "merged_into_duplicate", "survivor_full"}
OUTSIDE |= {"priority_gone", "merged_into_itself", "wrong_outcome", "no_such_review"}
OUTSIDE |= {"facts_refused", "changed", "no_version", "unfindable"}
"""What is not the answer to an action of these, or only to a change of revision."""
OUTSIDE |= {"agree_one", "agreed_in_the_past", "clock_not_running", "consent_needed"}
OUTSIDE |= {"consent_to_come", "estimate_in_the_past", "no_interval", "no_open_time"}
OUTSIDE |= {"no_workaround"}
OUTSIDE |= {"not_agreeable", "not_your_milestone", "nothing_agreeable", "nothing_to_reclassify"}
OUTSIDE |= {"reopened_otherwise", "unanswered", "wrong_milestone"}
# Parts of a process that these policies do not declare; see tests/workflows/ticket/pages.
OF_TICKETS = set(list(ENGLISH)[: list(ENGLISH).index("other_account")])


def french(**facts: Any) -> Opening:
    """A request of a French account, in French."""
    at = local("2027-03-03 11:00", PARIS)
    opened = opening(at, contract=LUMIERE, requester=ASKER, facts=CHROME, priority="p2", **facts)
    said = {"subject": "Zones vides", "description": "Les zones sont vides depuis hier."}
    return opened.model_copy(update=said)


def in_french(driver: TicketDriver) -> TicketDriver:
    """The same ticket, had its contract been a French one."""
    state = driver.state
    terms = state.terms.model_copy(update={"locale": "fr-CA"})
    state.opening = state.opening.model_copy(update={"terms": terms})
    return driver


def refusals(driver: TicketDriver) -> Iterator[Refusal]:
    """What each attempt of everybody is refused with at this point of a driver."""
    for action, attempts in ATTEMPTS.items():
        for role in Role:
            for said in attempts:
                actor = Actor(id=role, role=role)
                act = ActionRequest[ActionInput](
                    id=f"{action}!", actor=actor, content=ACTIONS[action].input(**said)
                )
                try:
                    driver.ticket.check(action, act, driver.now)
                except Refusal as refusal:
                    yield from (refusal, *refusal.others)


def contentsquare() -> Iterator[TicketDriver]:
    """A ticket of Contentsquare's at each point of its life."""
    driver = TicketDriver(opened=french())
    yield driver
    driver.act(Action.ACKNOWLEDGE).act(Action.ASSIGN, assignee=ZOE)
    yield driver
    driver.act(Action.RESPOND, message="?", outcomes=["information_request"], questions=["Où ?"])
    yield driver
    driver.act(Action.PROVIDE_INFORMATION, message="Partout.")
    for _ in range(3):
        driver.act(Action.RAISE_LEVEL, reason="Rien.")
    yield driver
    driver.act(Action.RESOLVE, resolution="Corrigé.")
    yield driver
    driver.act(Action.CLOSE)
    yield driver


def others() -> Iterator[TicketDriver]:
    """What Contentsquare's process has not, of Contently's; and a ticket without terms."""
    triage = contently.escalated()
    for record in triage.state.notices:
        triage.ticket.outbox.fail(record.key, "550")
    yield from (in_french(driver) for driver in (triage, contently.handed_over()))
    yield from (
        in_french(driver) for driver in (contently.reviewed(), contently.awaiting_handoff())
    )
    kept = TicketDriver(
        opened=opening(AT, contract=FORGE, kind="issue_report", priority="category_1")
    )
    yield in_french(kept)
    yield in_french(kept.act(Action.ASSIGN, assignee=ZOE))
    unanswered = contract("birch-clinic").model_copy(
        update={"overrides": {"process.no_reply.by": []}}
    )
    asked = TicketDriver(opened=opening(AT, contract=unanswered, requester=RECEPTION))
    question: dict[str, Any] = {"outcomes": ["information_request"], "questions": ["Quand ?"]}
    yield in_french(asked.act(Action.RESPOND, message="?", **question))
    yield in_french(TicketDriver(opened=opening(AT, contract=contract("quarry-books"))))
    yield in_french(contest.refused().act(Action.OVERRIDE_VERDICT, AGENT, reason="Par courtoisie."))
    yield in_french(contest.refused().until(contest.OVER))
    yield in_french(TicketDriver()).act(Action.ACKNOWLEDGE, id="acknowledge!").fill()
    yield in_french(PendingMerge(TicketDriver(), TicketDriver()).begin().merging)
    opened = french()
    late = unsettled_terms("maison-lumiere", ASKED, opened.received_at)
    yield TicketDriver(opened=opened.model_copy(update={"terms": late}))


def test_every_action_that_is_refused_is_refused_in_french() -> None:
    met: set[str] = set()
    for driver in chain(contentsquare(), others()):
        for refusal in refusals(driver):
            met.add(refusal.phrase)
            said = refusal.text(driver.state.terms.locale)
            assert not is_english(said), said
            assert said != str(refusal)
    assert OF_TICKETS - OUTSIDE - met == set()


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"is_settled": False},
        {"policy": "contently"},
        {"priorities": ("haute", "basse"), "revision": date(2027, 4, 1)},
    ],
)
def test_a_change_of_revision_is_refused_in_french(update: dict[str, Any]) -> None:
    driver = TicketDriver(opened=french())
    terms = driver.state.terms.model_copy(update=update)
    with pytest.raises(Refusal) as refused:
        driver.act(Action.CHANGE_REVISION, OPERATOR, terms=terms, reason="Meilleure.")
    assert not is_english(refused.value.text("fr"))


@pytest.mark.clause("contentsquare/contacts")
def test_what_coverage_asks_is_asked_in_french_and_answered_in_french() -> None:
    asked = TicketDriver(opened=opening(AT, contract=LUMIERE, facts={}))
    [letter] = [n for n in asked.notices() if n.template == "opened"]
    questions = asked.ticket.outbox.compose(letter).facts["questions"]
    assert questions == ["Quel navigateur utilisez-vous\u00a0?"]


def test_the_same_is_asked_in_english_of_an_english_account() -> None:
    english = LUMIERE.model_copy(update={"locale": "en"})
    asked = TicketDriver(opened=opening(AT, contract=english, facts={}))
    assert asked.state.terms.asks["browser"] == "Which browser do you use?"


@pytest.mark.clause("contentsquare/critical-24x7")
def test_letters_show_a_priority_by_the_label_of_the_policy() -> None:
    at = local("2027-03-06 03:00", PARIS)
    critical = opening(at, contract=LUMIERE, facts=CHROME, priority="p0", channel="phone")
    driver = TicketDriver(opened=critical)
    [page] = driver.notices("paged")
    assert driver.ticket.outbox.compose(page).facts["priority"] == "critique"
    assert driver.state.priority == "p0"


def test_a_step_of_the_checklist_is_told_in_its_words_and_an_own_one_as_it_was_written() -> None:
    driver = contently.escalated()
    driver.act(Action.RECORD_FINDING, step="known_issues", result="Rien.")
    driver.act(Action.RECORD_FINDING, step="Appel au client", result="Rien.")
    driver.act(
        Action.CONCLUDE_TRIAGE, resolved=False, conclusion="Rien.", not_run="The cause is clear."
    )
    driver.act(Action.HAND_OVER)
    [packet] = driver.notices("handed_over")
    found = driver.ticket.outbox.compose(packet).facts["findings"]
    assert isinstance(found, list)
    assert [finding["step"] for finding in found if isinstance(finding, dict)] == [
        "Search the known issues and earlier tickets",
        "Appel au client",
    ]


def test_who_calls_a_ticket_off_says_so_in_french() -> None:
    driver = TicketDriver(opened=french())
    driver.ticket.cancel(driver.now)
    [closed] = driver.events(EventType.CLOSED)
    assert not is_english(str(closed.data["reason"]))


# --- on the real server --------------------------------------------------------------------------


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return f"{letter['Subject']}\n{body.get_content()}"


@pytest.mark.clause("contentsquare/escalation")
async def test_a_french_account_reads_no_english_in_the_whole_life_of_a_ticket(
    desk: WorkflowEnvironment, mailer: RecordingMailer
) -> None:
    opened = french()
    life = await Life.begin(desk, opened)
    said: list[str] = []

    async def refused(action: Action, actor: Actor = AGENT, **content: Any) -> None:
        with pytest.raises(ActionRefused) as refusal:
            await life.act(action, actor, **content)
        assert refusal.value.language == "fr"
        said.append(str(refusal.value))

    await refused(Action.RESOLVE, resolution="Corrigé.")
    await refused(Action.RECLASSIFY, ZOE_ASKS, priority="p0", reason="Pressé.")
    await refused(Action.RECLASSIFY, priority="p2", reason="Pressé.")
    await life.act(Action.ASSIGN, assignee=ZOE_HELPS)
    await life.act(Action.ACKNOWLEDGE)
    await refused(Action.ACKNOWLEDGE)
    await refused(Action.SHARE_FORECAST)
    await life.until(opened.received_at + timedelta(days=3))
    await life.act(
        Action.RESPOND, message="Où ?", outcomes=["information_request"], questions=["Où ?"]
    )
    await life.act(Action.PROVIDE_INFORMATION, ZOE_ASKS, message="Partout.")
    for _ in range(3):
        await life.act(Action.RAISE_LEVEL, ZOE_ASKS, reason="Toujours rien.")
    await refused(Action.RAISE_LEVEL, ZOE_ASKS, reason="Toujours rien.")
    await life.act(Action.POST_UPDATE, message="Nous cherchons.")
    await refused(Action.SCHEDULE_RELEASE, release="2027.3")
    await refused(Action.CLOSE, closed_as="no_reply")
    await life.act(Action.RESOLVE, resolution="Corrigé.")
    await life.act(Action.REOPEN, ZOE_ASKS, reason="Encore.")
    await refused(Action.CLOSE, closed_as="not_covered", clause="p0", reason="Non.")
    await life.act(Action.CLOSE, closed_as="not_covered", clause="browser", reason="Un autre.")
    await life.handle.result()
    await refused(Action.REOPEN, ZOE_ASKS, reason="Encore.")
    assert [text for text in said if is_english(text)] == []
    letters = [text_of(letter) for letter in mailer.emails]
    assert len(letters) > 12
    assert [text for text in letters if is_english(text)] == []
    assert {letter["Content-Language"] for letter in mailer.emails} == {"fr"}
