"""`desk proof`: a signed record of a ticket, from which anybody recomputes its due times."""

import asyncio
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.plain_output import echo
from commands.console.whole_file import whole_file

if TYPE_CHECKING:
    from proof.making import ProofMaker
    from settings import Settings


class Reader(StrEnum):
    """Whom a proof is for: it shows what they see."""

    REQUESTER = "requester"
    STAFF = "staff"


def proof(
    number: Annotated[
        str | None, typer.Argument(metavar="NUMBER", help="Number of the ticket.")
    ] = None,
    reader: Annotated[
        Reader, typer.Option("--for", help="Whom it is for: it shows what they see.")
    ] = Reader.REQUESTER,
    credits: Annotated[
        bool, typer.Option(help="Show service credits, which whoever reads the account sees.")
    ] = True,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File to write. Default: standard output."),
    ] = None,
    public_key: Annotated[
        bool, typer.Option("--public-key", help="Print the key that verifies, and nothing else.")
    ] = False,
) -> None:
    """Write a proof of a ticket: its terms with calendars and zone offsets, its
    events, and what each clock and credit came to, signed with DESK_PROOF_KEY.

    What the reader does not see is left out by a hash, and the rest still
    verifies. desk verify recomputes a proof without a server.

    The ticket comes from Temporal at TEMPORAL_ADDRESS, in TEMPORAL_NAMESPACE,
    and a worker must run. Create a key with: openssl rand -base64 32. That of
    desk up is in .desk/proof-key. A file is written with mode 600: it has what
    the reader sees of the ticket.

    Exit codes: 0 written, 1 the ticket does not exist, was erased or cannot be
    read, 2 the number is not valid or the file cannot be written, 69 no Temporal
    server responds, 78 invalid setting, or no key.

    Example: desk proof 7K2M-0QXW-9HTE --out proof.json
    """
    from settings import Settings

    settings = Settings()
    maker = _maker(settings)
    if public_key:
        echo(maker.public_key)
        return
    made = asyncio.run(_made(settings, maker, _number(number), reader, credits))
    if out is None:
        sys.stdout.buffer.write(made + b"\n")
        sys.stdout.buffer.flush()
        return
    with whole_file(out) as stream:
        stream.write(made.decode() + "\n")


def _maker(settings: "Settings") -> "ProofMaker":
    from proof.making import maker_with

    maker = maker_with(settings.proof_key)
    if maker is None:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            "DESK_PROOF_KEY is not set; create a key with: openssl rand -base64 32. "
            "The key of desk up is in the file proof-key of its DESK_STATE_DIR",
        )
    return maker


def _number(text: str | None) -> str:
    from workflows.ticket.model.fields import TICKET_NUMBER, canonical_number

    number = str(canonical_number(text or ""))
    if not TICKET_NUMBER.fullmatch(number):
        message = "is not the number of a ticket, such as 7K2M-0QXW-9HTE"
        raise typer.BadParameter(message, param_hint="NUMBER")
    return number


async def _made(
    settings: "Settings", maker: "ProofMaker", number: str, reader: Reader, credits: bool
) -> bytes:
    from datetime import UTC, datetime

    from bootstrap.encryption import connected
    from policies.vocabulary import Role
    from workflows.client.accounts import AccountClient
    from workflows.client.calls import DeskUnavailable
    from workflows.client.proof_source import proof_source
    from workflows.client.ticket_errors import TicketUnknown
    from workflows.client.tickets import TicketClient

    client = await connected(settings)
    try:
        record, earned = await proof_source(
            TicketClient(client), AccountClient(client), number, datetime.now(UTC)
        )
    except TicketUnknown as error:
        raise Failure(ExitCode.FAILED, f"{error}.") from None
    except DeskUnavailable as error:
        reason = str(error) or "it does not respond"
        raise Failure(ExitCode.FAILED, f"The ticket cannot be read: {reason}.") from None
    role = Role.REQUESTER if reader is Reader.REQUESTER else Role.OPERATOR
    return maker.make(record, role, earned, sees_credits=credits)
