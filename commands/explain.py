"""`desk explain`: how a deadline is computed."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import JsonValue

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.explanation_tables import print_clock, print_policy, wide_console
from commands.console.instant_argument import BadInstant, parse_instant
from commands.console.plain_output import echo
from commands.console.policy_argument import policy_named
from policies.business_time.calendar import BusinessTimeError
from policies.checks.contracts import contract_mismatches
from policies.coverage.stated_facts import Objection
from policies.documents.problems import PolicyErrors
from policies.loading.loader import contract_of, open_document
from policies.reports.change_explanation import LaterValue, NotAgreeable, UnknownPriority
from policies.reports.explain import (
    ClockExplanation,
    PolicyExplanation,
    UnknownClock,
    explain_all,
    zones,
)
from policies.reports.explain import explain as explain_clock
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.tables import FACTS, fact_of
from policies.terms.admission import RequestRefused
from policies.terms.overrides import effective_policy, override_errors

AGREED = "agreed="
"""How a change to an agreed due time begins."""


def explain(  # noqa: PLR0913, PLR0917 - a parameter for each option
    policy: Annotated[
        str,
        typer.Argument(help="Name of a policy in the catalog, such as contently, or a YAML file."),
    ],
    clock: Annotated[
        str | None, typer.Option(help="Clock to explain. Default: all clocks of the policy.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="Start of the clock: ISO 8601 with a UTC offset, or local time with --zone. "
            "Default: now.",
        ),
    ] = None,
    zone: Annotated[
        str | None, typer.Option(help="IANA time zone of a local time in --at.")
    ] = None,
    plan: Annotated[str | None, typer.Option(help="Plan of the account.")] = None,
    priority: Annotated[str | None, typer.Option(help="Priority of the ticket.")] = None,
    kind: Annotated[str | None, typer.Option(help="Kind of the ticket.")] = None,
    region: Annotated[str | None, typer.Option(help="Region of the account.")] = None,
    channel: Annotated[
        str | None,
        typer.Option(help="Channel of the request. Default: the first that accepts it."),
    ] = None,
    fact: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Fact that the request states, such as place=london. Repeatable.",
        ),
    ] = None,
    contract: Annotated[
        Path | None,
        typer.Option(
            help="Contract of an account (a YAML file), with its plan, region and overrides."
        ),
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHANGE@TIME",
            help="A later priority of the ticket (p1@TIME), value of a fact "
            "(facts.place=london@TIME) or agreed due time (agreed=TIME@TIME), and what the clock "
            "does then. Repeatable. Needs --clock.",
        ),
    ] = None,
    svg: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a picture of the deadline. Needs --clock."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Show how a deadline is computed: the open hours that count, the
    closed days that are skipped, and the clause of the policy. Also
    remedies, the review of claims, and notices that depend on facts.

    A ticket that is opened at that time gets the same deadline. Options
    that the policy needs and has no default for are required. The output
    lists the values that were assumed because no option gave them.

    Exit codes: 0 success, 1 a policy or contract has errors, 2 an option
    is missing or invalid.

    Example: desk explain contently --clock first_response
    --at 2026-11-24T14:00 --zone America/New_York
    """
    if svg is not None and clock is None:
        raise _usage("a picture is of one clock; add --clock", "--svg")
    start = _start(policy, at, zone)
    chosen = policy_named(policy, start)
    account = _contract(contract, chosen) if contract else None
    facts = {name: _value(chosen, name, text) for name, text in map(_fact, fact or ())}
    request = {
        "plan": plan,
        "priority": priority,
        "kind": kind,
        "region": region,
        "channel": channel,
    }
    try:
        if clock is not None:
            changes = _changes(change or (), zone, chosen)
            explained = explain_clock(
                chosen, clock, start, **request, contract=account, changes=changes, facts=facts
            )
            _show(explained, as_json)
            _draw(svg, explained, chosen)
        elif change:
            raise _usage("a change is explained for one clock; add --clock", "--change")
        else:
            everything = explain_all(chosen, start, contract=account, facts=facts, **request)
            _show_all(chosen, start, everything, as_json)
    except UnknownClock as error:
        raise _usage(str(error), "--clock") from None
    except (UnknownPriority, NotAgreeable) as error:
        raise _usage(str(error), "--change") from None
    except RequestRefused as refusal:
        raise _request_error(refusal.objections) from None
    except (BusinessTimeError, OverflowError, ValueError) as error:
        raise _usage(str(error), "--at") from None


def _start(policy: str, at: str | None, zone: str | None) -> datetime:
    if at is None:
        return datetime.now(UTC)
    likely = next(iter(zones(policy_named(policy, None))), "UTC")
    try:
        return parse_instant(at, zone, likely)
    except (BadInstant, OverflowError) as error:
        raise _usage(str(error), "--at") from None


def _changes(texts: Sequence[str], zone: str | None, policy: SupportPolicy) -> list[LaterValue]:
    """Changes written as `urgent@2026-11-24T16:00`, `facts.place=london@2026-11-24T16:00` or
    `agreed=2026-11-27T12:00@2026-11-24T16:00`, in local time with --zone.
    """
    changes = []
    for text in texts:
        changed, _, at = text.rpartition("@")
        instant = _instant(at, zone, policy, text)
        if changed.startswith(AGREED):
            agreed = _instant(changed.removeprefix(AGREED), zone, policy, text)
            changes.append(LaterValue(instant, agreed=agreed))
        elif fact_of(changed) is None:
            changes.append(LaterValue(instant, priority=changed))
        else:
            name, value = _fact(changed.removeprefix(FACTS), "--change")
            changes.append(LaterValue(instant, fact=name, value=_value(policy, name, value)))
    return changes


def _instant(at: str, zone: str | None, policy: SupportPolicy, text: str) -> datetime:
    try:
        return parse_instant(at, zone, next(iter(zones(policy)), "UTC"))
    except (BadInstant, OverflowError) as error:
        raise _usage(f"{text}: {error}", "--change") from None


def _fact(text: str, option: str = "--fact") -> tuple[str, str]:
    name, is_given, value = text.removeprefix(FACTS).partition("=")
    if not is_given:
        raise _usage(f"{text} has no value; write {name}=VALUE", option)
    return name, value


def _value(policy: SupportPolicy, name: str, text: str) -> JsonValue:
    """The value of a fact that an option states: a text, or one of JSON for another type."""
    fact = policy.facts.get(name)
    if fact is None or fact.type in ("string", "date"):
        return text
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        return text
    return value


def _contract(path: Path, policy: SupportPolicy) -> Contract:
    """Reads a contract and checks it against the policy."""
    try:
        document = open_document(path)
        contract = contract_of(document)
        known = effective_policy(contract, policy)
        findings = list(contract_mismatches(contract, {policy.policy: known}))
        findings += override_errors(contract, policy) if not findings else []
        if findings:
            raise PolicyErrors(map(document.problem, findings))
    except OSError as error:
        raise _usage(f"cannot read {path}: {error.strerror or error}", "--contract") from None
    except PolicyErrors as errors:
        raise Failure(ExitCode.FAILED, str(errors)) from None
    return contract


def _request_error(objections: Sequence[Objection]) -> typer.BadParameter:
    options = " / ".join(
        dict.fromkeys("--fact" if fact_of(o.field) else f"--{o.field}" for o in objections)
    )
    return _usage("; ".join(f"{o.field} {o.reason}" for o in objections), options)


def _usage(message: str, option: str) -> typer.BadParameter:
    return typer.BadParameter(message, param_hint=f"'{option}'")


def _show(explanation: ClockExplanation, as_json: bool) -> None:
    if as_json:
        echo(explanation.model_dump_json(indent=2))
    else:
        print_clock(wide_console(), explanation)


def _draw(path: Path | None, explained: ClockExplanation, policy: SupportPolicy) -> None:
    if path is None:
        return
    # The words of e-mails load here: most explanations have no picture.
    from backtest.report.explained_strip import explained_svg

    try:
        path.write_text(explained_svg(explained, policy), encoding="utf-8")
    except ValueError as error:
        raise _usage(str(error), "--svg") from None
    except OSError as error:
        raise _usage(f"cannot write {path}: {error.strerror or error}", "--svg") from None


def _show_all(
    policy: SupportPolicy, at: datetime, explained: PolicyExplanation, as_json: bool
) -> None:
    if not as_json:
        print_policy(wide_console(), policy, explained)
        return
    report: dict[str, Any] = {
        "policy": policy.policy,
        "revision": policy.revision.isoformat(),
        "starts_at": at.isoformat().replace("+00:00", "Z"),
        **explained.model_dump(mode="json"),
    }
    echo(json.dumps(report, indent=2, ensure_ascii=False))
