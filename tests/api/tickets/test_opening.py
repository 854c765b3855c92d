"""Opening a ticket over HTTP: once for each key, under settled terms."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from api.app import create_app
from api.identity.caller import Caller as AuthCaller
from api.identity.caller import Scope
from api.identity.static_tokens import TokenActor
from api.tickets.opening import ticket_number
from api.tickets.opening_body import OpenTicket
from policies.business_time.calendar import BusinessCalendar
from policies.loading.policy_catalog import PolicyCatalog
from policies.terms.pinned_calendar import pin_calendar
from policies.vocabulary import Role
from tests.api.caller import (
    BROKEN,
    INVALID,
    OTHER_ACCOUNT,
    Call,
    Caller,
    SampleContracts,
    authenticator,
    fields,
    make_app,
    problem,
    request,
)
from tests.harness import HARBOUR, RecordingMailer
from tests.polling import eventually
from workflows.client.tickets import TicketClient
from workflows.shared.action_request import Actor
from workflows.ticket.model.ticket_number import CROCKFORD

FIRST, NEXT = date(2026, 11, 1), date(2026, 11, 10)
NUMBER = re.compile(f"[{CROCKFORD}]{{4}}(-[{CROCKFORD}]{{4}}){{2}}")


def desk_hours() -> BusinessCalendar:
    policy = PolicyCatalog.shipped().latest("contently")
    rule = policy.calendars["support"]
    return pin_calendar("support", rule, datetime.now(UTC).year).calendar


@pytest.mark.clause("contently/first-response")
async def test_opening_returns_number_clocks_and_due_times(service: Caller) -> None:
    before = datetime.now(UTC)
    response = await service.open()
    assert response.status_code == 201
    answer = response.json()
    assert NUMBER.fullmatch(answer["number"])
    assert response.headers["location"] == f"/tickets/{answer['number']}"
    assert "idempotency-replayed" not in response.headers
    [clock] = answer["clocks"]
    started = datetime.fromisoformat(clock["started_at"])
    assert before <= started <= datetime.now(UTC)
    due = datetime.fromisoformat(clock["due_at"])
    assert due == desk_hours().business_days(started, 2)
    assert clock["clause"] == "first-response"
    assert clock["promised"] is True
    assert answer["zone"] == "America/New_York"
    assert datetime.fromisoformat(clock["due_local"]) == due
    assert clock["due_local"][-6:] in ("-05:00", "-04:00")
    assert answer["allowed_actions"] == ["provide_information", "withdraw"]


@pytest.mark.clause("contently/eligibility")
async def test_request_without_active_publication_is_closed(
    service: Caller,
) -> None:
    stranger = {"name": "Old", "email": "old@ebb.example"}
    response = await service.open(requester=stranger, publication="ebb")
    assert response.status_code == 201
    answer = response.json()
    assert (answer["stage"], answer["closed_as"]) == ("closed", "not_eligible")
    assert answer["refusal"] == "Support is available to users who belong to an active publication."
    assert answer["clause"] == "eligibility"
    assert answer["clocks"] == []


@pytest.mark.clause("contently/channels")
async def test_wrong_channel_and_unknown_priority_are_reported_together(service: Caller) -> None:
    refused = problem(await service.open(channel="fax", priority="urgent"), 422, "request-refused")
    errors = fields(refused)
    assert "email, widget" in errors["channel"]
    assert "high, normal, low" in errors["priority"]


async def test_same_key_and_request_is_the_same_ticket(service: Caller) -> None:
    first = await service.open(key="widget-1")
    again = await service.open(key="widget-1")
    assert again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_retry_succeeds_although_the_contract_no_longer_admits_it(
    desk: WorkflowEnvironment,
) -> None:
    directory = InMemoryContracts([HARBOUR])
    service = Caller(make_app(desk.client, contracts=directory), "service-token")
    first = await service.open(key="widget-9")
    directory.contracts[HARBOUR.account] = HARBOUR.model_copy(update={"plan": "gold"})
    again = await service.open(key="widget-9")
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert again.json()["number"] == first.json()["number"]
    assert again.json()["clocks"] == first.json()["clocks"]
    problem(await service.open(key="widget-10"), 422, "request-refused")


async def test_same_key_at_the_same_time_is_one_ticket(service: Caller) -> None:
    responses = await asyncio.gather(*(service.open(key="widget-race") for _ in range(5)))
    assert {r.status_code for r in responses} == {201}
    assert len({r.json()["number"] for r in responses}) == 1


async def test_same_key_after_the_ticket_closed_is_still_that_ticket(
    service: Caller, call: Call
) -> None:
    number = (await service.open(key="widget-closed")).json()["number"]
    assert (await service.act(number, "withdraw")).status_code == 200
    assert (await service.open(key="widget-closed")).json()["number"] == number


async def test_same_key_for_another_request_is_refused(service: Caller) -> None:
    await service.open(key="widget-2")
    response = await service.open(key="widget-2", subject="Something else")
    problem(response, 422, "idempotency-key-reused")


async def test_same_key_of_another_caller_is_another_ticket(call: Call) -> None:
    mine = await call("service").open(key="shared")
    theirs = await call("agent").open(key="shared")
    assert mine.json()["number"] != theirs.json()["number"]


@pytest.mark.fault(62)
async def test_callers_with_one_id_in_two_accounts_may_use_the_same_key(
    desk: WorkflowEnvironment,
) -> None:
    def token(account: str) -> TokenActor:
        return TokenActor(id="mia", role=Role.REQUESTER, account=account, scope=Scope.ACCOUNT)

    tokens = {"a": token(HARBOUR.account), "b": token(OTHER_ACCOUNT)}
    app = make_app(desk.client, tokens=tokens)
    first = await Caller(app, "a").open(key="k")
    second = await Caller(app, "b").open(key="k", account=OTHER_ACCOUNT)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["number"] != second.json()["number"]


@pytest.mark.fault(62)
async def test_a_token_for_all_accounts_may_use_the_same_key_in_two_of_them(call: Call) -> None:
    service = call("service")
    first = await service.open(key="both")
    second = await service.open(key="both", account=OTHER_ACCOUNT)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["number"] != second.json()["number"]
    again = await service.open(key="both", account=OTHER_ACCOUNT)
    assert again.json()["number"] == second.json()["number"]
    assert again.headers["idempotency-replayed"] == "true"


def number_of(
    id: str, key: str | None, limits: str | None = None, account: str = HARBOUR.account
) -> str:
    accounts = None if limits is None else frozenset(limits.split())
    caller = AuthCaller(Actor(id=id, role=Role.SERVICE), accounts=accounts)
    return ticket_number(caller, account, key)


def test_numbers_are_derived_from_caller_and_key() -> None:
    assert number_of("a", "k") == number_of("a", "k")
    assert NUMBER.fullmatch(number_of("a", "k"))
    parts = [("a", "bc"), ("ab", "c"), ("a", "b"), ("b", "a"), ("a", "bc", "d"), ("a", "bc", "e")]
    parts += [("a", "b", HARBOUR.account), ("a", "b", HARBOUR.account, "other")]
    parts += [("a", "b", f"{HARBOUR.account} other")]
    assert len({number_of(*each) for each in parts}) == len(parts)
    assert number_of("a", "b", account="other") != number_of("a", "b")


def test_numbers_without_a_key_are_random() -> None:
    assert len({number_of("a", None) for _ in range(1_000)}) == 1_000


@pytest.mark.parametrize("who", ["requester", "service", "agent", "operator"])
async def test_these_roles_open_tickets(call: Call, who: str) -> None:
    assert (await call(who).open()).status_code == 201


@pytest.mark.parametrize("who", ["engineering", "product"])
async def test_other_roles_do_not_open_tickets(call: Call, who: str) -> None:
    refused = problem(await call(who).open(), 403, "wrong-role")
    assert who in refused["detail"]


async def test_unknown_account_is_an_error(service: Caller) -> None:
    refused = problem(await service.open(account="nobody-here"), 422, "unknown-account")
    assert "nobody-here" in refused["detail"]
    assert "account" in fields(refused)


async def test_token_of_another_account_gets_the_same_error(call: Call) -> None:
    theirs = problem(await call("salt").open(), 422, "unknown-account")
    missing = problem(await call("salt").open(account="harbour-medio"), 422, "unknown-account")
    assert theirs["detail"].replace("media", "medio") == missing["detail"]


async def test_an_unreadable_contract_does_not_delay_the_opening(service: Caller) -> None:
    response = await service.open(account=BROKEN)
    opened = response.json()
    assert response.status_code == 201
    assert (opened["stage"], opened["clocks"]) == ("received", [])
    assert "respond" not in opened["allowed_actions"]
    assert "secret" not in response.text


async def test_misspelled_fields_get_suggestions(service: Caller) -> None:
    requester = {"name": "Mia", "email": "mia@harbour.example", "emial": "x"}
    response = await service.open(requester=requester, subjcet="x")
    errors = fields(problem(response, 422, "invalid-request"))
    assert 'did you mean "email"' in errors["requester.emial"]
    assert 'did you mean "subject"' in errors["subjcet"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": "Hello\r\nBcc: everybody@harbour.example"}, "subject"),
        ({"subject": "   "}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"subject": None}, "subject"),
        ({"description": ""}, "description"),
        ({"description": "x" * 20_001}, "description"),
        ({"account": "../../etc/passwd"}, "account"),
        ({"facts": {f"f{n}": 1 for n in range(51)}}, "facts"),
        ({"channel": 5}, "channel"),
        ({"requester": "mia@harbour.example"}, "requester"),
    ],
)
async def test_invalid_fields_are_named(
    service: Caller, changes: dict[str, Any], field: str
) -> None:
    refused = problem(await service.open(**changes), 422, "invalid-request")
    assert any(name.startswith(field) for name in fields(refused))


@pytest.mark.fault(34)
@pytest.mark.parametrize(
    "wrong", ["third-party", "THIRD_PARTY", "", 10**30, None, True, ["platform"], {"deep": 1}]
)
async def test_a_wrong_fact_is_named_with_the_right_values(service: Caller, wrong: Any) -> None:
    stated = {"cause": wrong, "Cause": "platform"}
    refused = problem(await service.open(facts=stated), 422, "request-refused")
    assert "The platform (platform)" in fields(refused)["facts.cause"]
    assert "active_publication, cause" in fields(refused)["facts.Cause"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "Mia\nBcc: everybody@harbour.example"),
        ("email", "mia@harbour.example\nBcc: x@y.example"),
        ("email", "mia"),
        ("email", "m\x00a@harbour.example"),
        ("zone", "America/New_Yrok"),
        ("zone", "../../etc/passwd"),
        pytest.param("zone", "localtime", marks=pytest.mark.fault(41)),
        pytest.param("zone", "Factory", marks=pytest.mark.fault(41)),
        pytest.param("zone", "posix/Europe/Paris", marks=pytest.mark.fault(41)),
        ("locale", "en; rm"),
    ],
)
async def test_invalid_requesters_are_named(service: Caller, name: str, value: str) -> None:
    requester = {"name": "Mia", "email": "mia@harbour.example", name: value}
    refused = problem(await service.open(requester=requester), 422, "invalid-request")
    assert f"requester.{name}" in fields(refused)


async def test_misspelled_zone_gets_a_suggestion(service: Caller) -> None:
    requester = request()["requester"] | {"zone": "America/New_Yrok"}
    refused = problem(await service.open(requester=requester), 422, "invalid-request")
    assert "America/New_York" in fields(refused)["requester.zone"]


async def test_hostile_text_is_kept_as_text(service: Caller, mailer: RecordingMailer) -> None:
    subject = "{{ 7 * 7 }} <script>alert(1)</script> '; DROP TABLE tickets; --"
    number = await service.opened(subject=subject)
    document = (await service.get(f"/tickets/{number}")).json()
    assert document["subject"] == subject


async def test_received_at_is_stamped_at_the_edge(service: Caller) -> None:
    number = await service.opened()
    received = (await service.get(f"/tickets/{number}")).json()["received_at"]
    assert abs(datetime.fromisoformat(received) - datetime.now(UTC)) < timedelta(seconds=10)


async def test_with_an_unknown_policy_the_terms_are_settled_later(
    desk: WorkflowEnvironment, mailer: RecordingMailer, contracts: InMemoryContracts
) -> None:
    orphan = HARBOUR.model_copy(update={"account": "orphan-house", "policy": "contentley"})
    contracts.contracts[orphan.account] = orphan
    caller = Caller(make_app(desk.client, contracts=contracts), "service-token")
    response = await caller.open(account=orphan.account)
    assert response.status_code == 201
    assert (response.json()["stage"], response.json()["clocks"]) == ("received", [])
    contracts.contracts[orphan.account] = HARBOUR.model_copy(update={"account": orphan.account})
    look = partial(caller.get, f"/tickets/{response.json()['number']}")
    settled = (await eventually(look, lambda answer: answer.json()["policy"] != "")).json()
    assert settled["policy"] == "contently"
    [clock] = settled["clocks"]
    assert clock["started_at"] == settled["received_at"]


@pytest.mark.clause("cention/changes")
@pytest.mark.parametrize(("at", "revision"), [("04:59:59", FIRST), ("05:00:00", NEXT)])
async def test_the_revision_depends_on_the_date_in_the_zone_of_the_policy(
    desk: WorkflowEnvironment, mailer: RecordingMailer, at: str, revision: date
) -> None:
    first = PolicyCatalog.shipped().latest("contently").model_copy(update={"revision": FIRST})
    next_one = first.model_copy(update={"revision": NEXT})
    received = datetime.fromisoformat(f"2026-11-10 {at}+00:00")
    app = create_app(
        tickets=TicketClient(desk.client),
        client=desk.client,
        catalog=PolicyCatalog([first, next_one]),
        contracts=SampleContracts(),
        authenticator=authenticator(),
        now=lambda: received,
    )
    number = await Caller(app, "service-token").opened()
    shown = (await Caller(app, "agent-token").get(f"/tickets/{number}")).json()
    assert shown["revision"] == str(revision)


async def test_with_invalid_overrides_the_terms_are_settled_later(service: Caller) -> None:
    response = await service.open(account=INVALID.account)
    assert response.status_code == 201
    assert response.json()["clocks"] == []
    assert "clocks.x" not in response.text


def test_a_field_added_by_newer_code_does_not_change_fingerprints() -> None:
    class Newer(OpenTicket):
        wish: str | None = None

    by = Actor(id="widget", role=Role.SERVICE)
    known = {model(**request()).fingerprint(by) for model in (OpenTicket, Newer)}
    assert len(known) == 1
    assert OpenTicket(**request(subject="Another")).fingerprint(by) not in known


async def test_a_requester_with_an_umlaut_in_the_domain_is_mailed_at_its_ascii_form(
    service: Caller, agent: Caller, mailer: RecordingMailer
) -> None:
    number = await service.opened(requester={"name": "Mia", "email": "mia@bücher.example"})
    notices = (await agent.get(f"/tickets/{number}")).json()["notices"]
    assert {n["to"] for n in notices if n["audience"] == "requester"} == {
        "mia@xn--bcher-kva.example"
    }


async def test_a_requester_who_cannot_be_mailed_is_refused(service: Caller) -> None:
    response = await service.open(requester={"name": "Mia", "email": "müller@harbour.example"})
    refused = fields(problem(response, 422, "invalid-request"))
    assert "cannot be mailed" in refused["requester.email"]


@pytest.mark.fault(82)
@pytest.mark.parametrize("email", ["'mia@harbour.example", 'a"b@harbour.example', "a\\b@x.example"])
async def test_a_requester_who_cannot_be_found_is_refused(service: Caller, email: str) -> None:
    refused = await service.open(requester={"name": "Mia", "email": email})
    assert "requester.email" in fields(problem(refused, 422, "invalid-request"))
