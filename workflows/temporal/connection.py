"""The connection to Temporal: client, data converter, task queue, search attributes, ids."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, get_args

from temporalio.api.common.v1 import Payload
from temporalio.client import Client, Interceptor
from temporalio.common import SearchAttributeKey
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import DataConverter
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.exceptions import ApplicationError
from temporalio.runtime import Runtime
from temporalio.service import RPCError

TASK_QUEUE = "desk"
TICKET_PREFIX, ACCOUNT_PREFIX = "ticket/", "account/"
"""What the workflow ids of tickets and of accounts begin with."""
ENCRYPTED = b"binary/encrypted"
"""The encoding of encrypted payloads."""


class PayloadEncrypted(Exception):
    """An encrypted payload came to a process without encryption."""

    def __init__(self) -> None:
        super().__init__(
            "the payload is encrypted, and this process has no keys: set DESK_ENCRYPTION_KEYS_FILE"
        )


class PayloadConverter(PydanticPayloadConverter):
    """JSON by pydantic. Who sends what cannot be decoded gets the reason."""

    def from_payloads(
        self, payloads: Sequence[Payload], type_hints: list[type] | None = None
    ) -> list[Any]:
        """The values. A message of callers has `check_data`, which refuses data before it is
        decoded, and `undecodable`, the error that they get.

        Temporal passes no types if a workflow gets too many arguments. An error would then fail the
        workflow task again and again, unless it is one that fails the workflow.
        """
        if any(payload.metadata.get("encoding") == ENCRYPTED for payload in payloads):
            raise PayloadEncrypted
        callers = [_callers_message(hint) for hint in type_hints or ()]
        for payload, message in zip(payloads, callers, strict=False):
            if message is not None:
                message.check_data(payload.data)
        try:
            return super().from_payloads(payloads, type_hints)
        except Exception as error:
            for message in filter(None, callers):
                raise message.undecodable(error) from None
            if type_hints is not None or len(payloads) < 2:
                raise
            reason = f"{len(payloads)} payloads instead of one, which cannot be decoded"
            raise ApplicationError(reason, type="InvalidRequest", non_retryable=True) from error


def _callers_message(hint: Any) -> Any:
    """The type of a message of callers, which can be optional; None for any other type."""
    return next((kind for kind in (hint, *get_args(hint)) if hasattr(kind, "undecodable")), None)


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
