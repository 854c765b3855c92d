"""A person with tickets in two accounts, and others around it, on a real server."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from fastapi import FastAPI
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from api.audit.log import AuditLog
from api.identity.agents import Agent, ListedAgents
from api.identity.caller import Scope
from api.identity.keys.api_key import ApiKey, KeyGrant
from api.identity.keys.bound_credentials import BoundCredentials
from api.identity.keys.key_text import KeyText
from api.identity.keys.sqlite_key_store import SqliteKeyStore
from api.identity.static_tokens import TokenActor
from api.personal_data.exporter import Exporter
from policies.schema.contract import Contact, Contract, Publication
from policies.terms.model.recipient import Recipient
from policies.vocabulary import Role
from tests.api.accounts.test_routes import NOW, full_terms
from tests.api.caller import Caller, make_app
from tests.harness import CATALOG, HARBOUR
from tests.policies.accounts.sample_accounts import lateness
from tests.polling import eventually
from tests.workflows.account.account_driver import request_for
from workflows.account.model.action_inputs import AccountAction
from workflows.client.accounts import AccountClient
from workflows.client.requester_tickets import tickets_of

OURS, SECOND, OTHERS = "kelp-house", "kelp-annex", "kelp-salt"
ACCOUNTS = (OURS, SECOND, OTHERS)
MIA, LEO, STRANGER = "Mia@kelp.example", "leo@kelp.example", "nobody@kelp.example"
SECRET, ALIEN = "SECRET", "ALIEN"
"""In every internal text, and in every text about others."""
SCRIPT = "<script>alert(1)</script>"
FILED = "Three days late."
ADA = Agent(id=f"{SECRET}.ada", name="Ada", email=f"{SECRET}.ada@desk.example")


class Scene(NamedTuple):
    """What there is: an app with its callers, its audit log, and the numbers of Mia's tickets."""

    app: FastAPI
    exporter: Exporter
    audit: list[bytes]
    open: str
    closed: str
    elsewhere: str
    key: KeyText
    keys: Path

    @property
    def own(self) -> set[str]:
        return {self.open, self.closed, self.elsewhere}

    def call(self, who: str) -> Caller:
        return Caller(self.app, f"{who}-token")


def _staff(role: Role, accounts: tuple[str, ...] | None = ACCOUNTS) -> TokenActor:
    # The id of a backend is public, because it acts for requesters.
    id = str(role) if role is Role.SERVICE else f"{SECRET}.{role}"
    return TokenActor(id=id, role=role, accounts=accounts)


def _requester(id: str, email: str | None, account: str = OURS) -> TokenActor:
    scope = Scope.OWN if email else Scope.ACCOUNT
    return TokenActor(
        id=id, role=Role.REQUESTER, name=id.title(), email=email, account=account, scope=scope
    )


TOKENS = {
    **{f"{role}-token": _staff(role) for role in Role if role not in (Role.SYSTEM, Role.REQUESTER)},
    "second-token": _staff(Role.OPERATOR, (SECOND,)),
    "requester-token": _requester("mia", MIA),
    "kelp-token": _requester("mia.kelp", None),
    "leo-token": _requester("leo", LEO),
}


PUBLICATIONS = (Publication(name="tide", users=("*@kelp.example",)),)


def _contracts() -> list[Contract]:
    billing = Contact(name="Mia Kelp", email=MIA.lower())
    plain = [
        HARBOUR.model_copy(update={"account": a, "publications": PUBLICATIONS})
        for a in ACCOUNTS[1:]
    ]
    first = HARBOUR.model_copy(
        update={
            "account": OURS,
            "publications": PUBLICATIONS,
            "contacts": {**HARBOUR.contacts, "billing": billing},
        }
    )
    return [first, *plain]


async def scene_on(desk: WorkflowEnvironment, directory: Path) -> Scene:
    """Opens the tickets, and has one of them earn a credit that is claimed."""
    contracts, lines = InMemoryContracts(_contracts()), list[bytes]()
    key, keys = KeyText.new(), directory / "keys.db"
    store = SqliteKeyStore(keys)
    store.prepare()
    for email, text in ((MIA, key), (LEO, KeyText.new())):
        grant = KeyGrant(
            name=f"{ALIEN} key" if email == LEO else "Mia's script",
            actor="mia.kelp" if email == MIA else "leo",
            role=Role.REQUESTER,
            accounts=frozenset({OURS}),
            email=email,
            scope=Scope.OWN,
        )
        at = datetime(2026, 11, 1, tzinfo=UTC)
        store.add(ApiKey(text.id, grant, text.digest, at, at, None))
    bound = BoundCredentials(store, TOKENS.values)
    app = make_app(
        desk.client,
        tokens=TOKENS,
        contracts=contracts,
        account_terms_of=full_terms,
        audit=AuditLog(lines.append),
        credentials=bound,
        agents=ListedAgents([ADA]),
    )
    exporter = Exporter(desk.client, contracts, ("contently",), bound, lambda: datetime.now(UTC))
    scene = Scene(app, exporter, lines, "", "", "", key, keys)
    scene = scene._replace(
        open=await _opened(scene, OURS, MIA, f"{SCRIPT} blank"),
        closed=await _opened(scene, OURS, MIA.upper(), "Closed"),
        elsewhere=await _opened(scene, SECOND, MIA.lower(), "Elsewhere"),
    )
    await _opened(scene, OURS, LEO, f"{ALIEN} subject")
    await _work_on(scene)
    await _earn(desk, scene, contracts)
    lines.clear()
    await eventually(lambda: _found(desk), lambda found: len(found) == 3)
    return scene


async def _found(desk: WorkflowEnvironment) -> list[str]:
    return [each.id async for each in tickets_of(desk.client, MIA)]


async def _opened(scene: Scene, account: str, email: str, subject: str) -> str:
    name = f"{ALIEN} Leo" if email == LEO else "Mia Kelp"
    requester = {"name": name, "email": email}
    return await scene.call("service").opened(account=account, requester=requester, subject=subject)


async def _work_on(scene: Scene) -> None:
    agent, mia = scene.call("agent"), scene.call("requester")
    for action, body in (
        ("assign", {"assignee": ADA.id}),
        ("add-note", {"note": f"{SECRET} note about Mia"}),
        ("respond", {"message": "We are on it.", "outcomes": ["escalation"]}),
        ("record-finding", {"step": f"{SECRET} step", "result": f"{SECRET} result"}),
        ("reclassify", {"priority": "high", "reason": f"{SECRET} reason", "message": "Urgent."}),
    ):
        done = await agent.act(scene.open, action, f"{SECRET}-{action}", **body)
        assert done.status_code == 200, done.text
    answer = {"message": f"Thanks. {SCRIPT}"}
    assert (await mia.act(scene.open, "provide-information", **answer)).is_success
    assert (await mia.act(scene.closed, "withdraw", reason="Found it.")).is_success


async def _earn(desk: WorkflowEnvironment, scene: Scene, contracts: InMemoryContracts) -> None:
    """Two late tickets of the account: Mia's, and one of somebody else. Mia's credit is claimed."""
    policy, contract = CATALOG.latest("contently"), await contracts.find(OURS)
    terms = full_terms(policy, contract, NOW.year)
    for number, email in ((scene.open, MIA), (f"{ALIEN}-1", LEO)):
        late = lateness(NOW - timedelta(days=5), NOW - timedelta(days=2), ticket=number)
        recipient = Recipient(name="Somebody", email=email)
        late = late.model_copy(update={"account": OURS, "requester": recipient})
        act = request_for(AccountAction.REPORT_LATENESS, f"late-{number}", lateness=late)
        reply = await AccountClient(desk.client).act(terms, AccountAction.REPORT_LATENESS, act)
        if email == MIA:
            filed = await scene.call("kelp").post(
                f"/accounts/{OURS}/claims", credits=[reply.entry], statement=FILED
            )
            assert filed.status_code == 201, filed.text
