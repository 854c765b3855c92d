"""The connection to Temporal: client, data converter, task queue, search attributes, ids."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from temporalio.client import Client, Interceptor
from temporalio.common import SearchAttributeKey
from temporalio.converter import DataConverter
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import Runtime
from temporalio.service import RPCError

from workflows.temporal.payload_converter import PayloadConverter

TASK_QUEUE = "desk"
TICKET_PREFIX, ACCOUNT_PREFIX = "ticket/", "account/"
"""What the workflow ids of tickets and of accounts begin with."""
ANNOUNCEMENT_PREFIX = "announcement/"

DATA_CONVERTER = DataConverter(payload_converter_class=PayloadConverter)
DEFAULT_ADDRESS = "localhost:7233"
RPC_TIMEOUT = timedelta(seconds=10)

STAGE = SearchAttributeKey.for_keyword("TicketStage")
WAITING_ON = SearchAttributeKey.for_keyword("TicketWaitingOn")
POLICY = SearchAttributeKey.for_keyword("TicketPolicy")
PLAN = SearchAttributeKey.for_keyword("TicketPlan")
PRIORITY = SearchAttributeKey.for_keyword("TicketPriority")
ACCOUNT = SearchAttributeKey.for_keyword("TicketAccount")
ASSIGNEE = SearchAttributeKey.for_keyword("TicketAssignee")
NEXT_DUE = SearchAttributeKey.for_datetime("TicketNextDue")
REQUESTER = SearchAttributeKey.for_keyword("TicketRequester")
BREACHED = SearchAttributeKey.for_keyword_list("TicketBreached")
SEARCH_ATTRIBUTES = (
    STAGE,
    WAITING_ON,
    POLICY,
    PLAN,
    PRIORITY,
    ACCOUNT,
    ASSIGNEE,
    NEXT_DUE,
    BREACHED,
    REQUESTER,
)


class TemporalUnavailable(ConnectionError):
    """No Temporal server answers at the configured address."""


class CertificateUnreadable(ValueError):
    """A file of TEMPORAL_TLS_*, or of a profile, cannot be read."""


def ticket_workflow_id(number: str) -> str:
    """The workflow id of a ticket."""
    return f"{TICKET_PREFIX}{number}"


def account_workflow_id(account: str) -> str:
    """The workflow id of an account."""
    return f"{ACCOUNT_PREFIX}{account}"


def announcement_workflow_id(policy: str, revision: date, account: str | None = None) -> str:
    """The workflow id of the announcement of a revision, to all accounts or to one of them."""
    return "/".join(
        [f"{ANNOUNCEMENT_PREFIX}{policy}", str(revision), *([account] if account else [])]
    )


async def connect(
    address: str | None = None,
    *,
    runtime: Runtime | None = None,
    interceptors: Sequence[Interceptor] = (),
    data_converter: DataConverter = DATA_CONVERTER,
) -> Client:
    """A client configured by the standard TEMPORAL_* variables and profiles.

    `address` overrides them, `runtime` records the metrics, `data_converter` encrypts payloads.
    Raises TemporalUnavailable if no server answers or it ends the connection, CertificateUnreadable
    for a file of the TLS settings.
    """
    options = _options()
    options["target_host"] = address or options.get("target_host") or DEFAULT_ADDRESS
    try:
        return await Client.connect(
            **options, data_converter=data_converter, runtime=runtime, interceptors=interceptors
        )
    except (RuntimeError, RPCError) as error:
        raise TemporalUnavailable(_reason(options["target_host"], str(error))) from error


def _options() -> ClientConnectConfig:
    try:
        return ClientConfig.load_client_connect_config()
    except OSError as error:
        raise CertificateUnreadable(
            f"cannot read {error.filename}, named by TEMPORAL_TLS_* or by a profile: "
            f"{error.strerror}"
        ) from error


_TLS_ERRORS = re.compile(r"InvalidCertificate|InconsistentKeys|\w+ParseError|NoCertificates?\w*")
_CONNECTED = "after connection"
"""In an error of the SDK: the server took the connection, then ended it without an answer."""


def _reason(address: str, error: str) -> str:
    """Why there is no connection, from the text of the SDK's error, which has no other form."""
    if found := _TLS_ERRORS.search(error):
        return f"no TLS connection to {address} ({found[0]}). Check the variables TEMPORAL_TLS_*."
    if _CONNECTED in error:
        return (
            f"the server at {address} ended the connection. If it requires TLS and a certificate, "
            "set the variables TEMPORAL_TLS_*, and check that the certificate is valid there."
        )
    return (
        f"no Temporal server answers at {address}. Start one with `desk up`, "
        "or set TEMPORAL_ADDRESS to where yours is."
    )
