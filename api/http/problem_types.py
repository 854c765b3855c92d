"""The problem types of the API (RFC 9457), each with a URI and an explanation under /problems/.

The tables at the end assign a problem type to every refusal; no other code chooses a status.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from workflows.account.refusals import (
    AlreadySettled,
    NoSuchEntry,
    NothingLeft,
    NotPromised,
    TooLate,
)
from workflows.shared.refusals import (
    IdReused,
    InternalDefect,
    InvalidContent,
    RecordFull,
    WrongRole,
)
from workflows.ticket.model.refusals import Changed, ConditionUnmet, TicketClosed, WrongStage


@dataclass(frozen=True)
class ProblemType:
    """One type of problem; `meaning` explains it to callers."""

    slug: str
    status: HTTPStatus
    title: str
    meaning: str

    @property
    def uri(self) -> str:
        """The type URI, relative to the root of the API."""
        return f"/problems/{self.slug}"


MALFORMED_BODY = ProblemType(
    "malformed-body",
    HTTPStatus.BAD_REQUEST,
    "Malformed body",
    "The body is not a JSON document in UTF-8 (RFC 8259).",
)
MALFORMED_REQUEST = ProblemType(
    "malformed-request",
    HTTPStatus.BAD_REQUEST,
    "Malformed request",
    "The request is not HTTP/1.1 (RFC 9112), or has a transfer coding other than `chunked`.",
)
UNAUTHENTICATED = ProblemType(
    "unauthenticated",
    HTTPStatus.UNAUTHORIZED,
    "Authentication required",
    "Send `Authorization: Bearer <token>` with a valid token (RFC 6750). `detail` says what is "
    "wrong with the one that was sent.",
)
WRONG_ROLE = ProblemType(
    "wrong-role",
    HTTPStatus.FORBIDDEN,
    "Not allowed for this role",
    "The role of the token does not allow this action; `detail` names the roles that do.",
)
ACTION_NOT_GRANTED = ProblemType(
    "action-not-granted",
    HTTPStatus.FORBIDDEN,
    "Not allowed for this token",
    "The token is limited to some of the actions of its role; `GET /me` lists them.",
)
TICKET_UNKNOWN = ProblemType(
    "ticket-unknown",
    HTTPStatus.NOT_FOUND,
    "Unknown ticket",
    "No ticket has this number, or the token may not read it.",
)
TICKET_ERASED = ProblemType(
    "ticket-erased",
    HTTPStatus.GONE,
    "Ticket erased",
    "The ticket existed, and its data was erased for ever. A token that does not see all tickets "
    "gets `ticket-unknown`, and so does everybody if histories are not encrypted.",
)
ACCOUNT_UNKNOWN = ProblemType(
    "account-unknown",
    HTTPStatus.NOT_FOUND,
    "Unknown account",
    "No account has this name, or the token may not read it.",
)
POLICY_UNKNOWN = ProblemType(
    "policy-unknown",
    HTTPStatus.NOT_FOUND,
    "Unknown policy",
    "No policy of this name is in force, or the token may not read it.",
)
NO_SUCH_ENTRY = ProblemType(
    "no-such-entry",
    HTTPStatus.NOT_FOUND,
    "Unknown entry",
    "The account has no outage, session, credit, claim or measured month with this id. "
    "Entries that can no longer change anything are deleted after a year.",
)
NO_PROOFS = ProblemType(
    "no-proofs",
    HTTPStatus.NOT_FOUND,
    "No proofs",
    "The desk has no key to sign proofs of tickets with. Its operator sets `DESK_PROOF_KEY`.",
)
NOT_FOUND = ProblemType(
    "not-found",
    HTTPStatus.NOT_FOUND,
    "Not found",
    "No resource has this path; /openapi.json lists all paths.",
)
METHOD_NOT_ALLOWED = ProblemType(
    "method-not-allowed",
    HTTPStatus.METHOD_NOT_ALLOWED,
    "Method not allowed",
    "The resource does not support this method; the header `Allow` lists the methods it does.",
)
NOT_ACCEPTABLE = ProblemType(
    "not-acceptable",
    HTTPStatus.NOT_ACCEPTABLE,
    "Not acceptable",
    "The API responds in JSON only, which the header `Accept` excludes.",
)
REQUEST_TIMEOUT = ProblemType(
    "request-timeout",
    HTTPStatus.REQUEST_TIMEOUT,
    "Request took too long",
    "The request was not complete in time. It had no effect: send it again.",
)
WRONG_STAGE = ProblemType(
    "wrong-stage",
    HTTPStatus.CONFLICT,
    "Not possible in this stage",
    "The action is not possible in the stage of the ticket. `stage` is the current stage, "
    "`allowed_actions` the actions that the caller can take now.",
)
TICKET_CHANGED = ProblemType(
    "ticket-changed",
    HTTPStatus.PRECONDITION_FAILED,
    "Ticket changed",
    "The ticket is not at a version that `If-Match` names: read it again and decide anew. `stage` "
    "is the current stage, `allowed_actions` the actions that the caller can take now.",
)
CONDITION_UNMET = ProblemType(
    "condition-unmet",
    HTTPStatus.CONFLICT,
    "Precondition not met",
    "The action is possible in this stage, but not before something else is done; `detail` "
    "says what.",
)
TICKET_CLOSED = ProblemType(
    "ticket-closed",
    HTTPStatus.CONFLICT,
    "Ticket closed",
    "A closed ticket accepts no actions. A merged one continues in `merged_into`; otherwise open a "
    "new ticket that refers to this one.",
)
TICKETS_OPEN = ProblemType(
    "tickets-open",
    HTTPStatus.CONFLICT,
    "Tickets are open",
    "The person has open tickets, so nothing was erased; `detail` lists them. Close them, or send "
    "the request with `close_open`.",
)
RECORD_FULL = ProblemType(
    "record-full",
    HTTPStatus.CONFLICT,
    "Record full",
    "The ticket has reached its maximum size, of which requesters can fill half; continue in a "
    "new ticket that refers to it. Or the account has the maximum number of entries of this kind.",
)
NOT_PROMISED = ProblemType(
    "not-promised",
    HTTPStatus.CONFLICT,
    "Not part of the agreement",
    "The policy and the contract of the account do not provide for this.",
)
NOTHING_LEFT = ProblemType(
    "nothing-left",
    HTTPStatus.CONFLICT,
    "Allowance used up",
    "The allowance of the period is used up; `detail` states what is left.",
)
TOO_LATE = ProblemType(
    "too-late",
    HTTPStatus.CONFLICT,
    "Period ended",
    "This was possible until a date that has passed; `detail` states it.",
)
ALREADY_SETTLED = ProblemType(
    "already-settled",
    HTTPStatus.CONFLICT,
    "Already settled",
    "The entry was already ended, cancelled, claimed or refused.",
)
BODY_TOO_LARGE = ProblemType(
    "body-too-large",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "Body too large",
    "The body exceeds the maximum size; put long material behind a link.",
)
UNSUPPORTED_MEDIA_TYPE = ProblemType(
    "unsupported-media-type",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "Unsupported media type",
    "The body must be application/json in UTF-8, without a content coding.",
)
INVALID_REQUEST = ProblemType(
    "invalid-request",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "Invalid request",
    "Fields, parameters or headers are invalid; `errors` lists all of them.",
)
INVALID_CONTENT = ProblemType(
    "invalid-content",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "Not valid under the policy",
    "The request is well-formed, but its content is not valid under the policy of the ticket "
    "or account.",
)
REQUEST_REFUSED = ProblemType(
    "request-refused",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "Request not accepted under the policy",
    "The policy of the account does not accept this request, for example its channel or its "
    "priority. `errors` lists every reason, with the accepted values.",
)
UNKNOWN_ACCOUNT = ProblemType(
    "unknown-account",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "Unknown account",
    "The account has no contract, or the token may not act for it.",
)
KEY_REUSED = ProblemType(
    "idempotency-key-reused",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "Idempotency-Key reused",
    "This Idempotency-Key was used for a different request. A retry must be the same request "
    "by the same caller; a different request needs a new key.",
)
TOO_MANY_REQUESTS = ProblemType(
    "too-many-requests",
    HTTPStatus.TOO_MANY_REQUESTS,
    "Too many requests",
    "The account opens tickets, or the token or the address sends requests, faster than its limit, "
    "or too many unknown tokens came from the address. This request had no effect: retry it with "
    "the same key after the time in `Retry-After`.",
)
HEAD_TOO_LARGE = ProblemType(
    "head-too-large",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "Head too large",
    "The request line and the header fields exceed the maximum size or number.",
)
INTERNAL_ERROR = ProblemType(
    "internal-error",
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "Internal error",
    "Durable Desk failed to process the request and logged the error. A retry with the same "
    "key is safe.",
)
CONTRACT_UNAVAILABLE = ProblemType(
    "contract-unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Contract unavailable",
    "The contract of the account, or its policy, cannot be used at the moment. Nothing was "
    "changed: retry with the same key later.",
)
AUTHENTICATION_UNAVAILABLE = ProblemType(
    "authentication-unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Authentication unavailable",
    "Whether the token is valid cannot be decided at the moment, because the store of API keys or "
    "the identity provider does not answer. Nothing was changed: retry later.",
)
TOO_MANY_CONNECTIONS = ProblemType(
    "too-many-connections",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Too many connections",
    "The address, or all clients together, have too many connections. Use fewer, and keep them "
    "open.",
)
DESK_UNAVAILABLE = ProblemType(
    "desk-unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Service unavailable",
    "No response in time, or the ticket or the account has stopped: `detail` says which. The "
    "request may still take effect: retry it with the same key after the time in `Retry-After`.",
)

PROBLEM_TYPES: Mapping[str, ProblemType] = {
    value.slug: value for value in tuple(globals().values()) if isinstance(value, ProblemType)
}
"""Every problem type, by its slug."""

TICKET_PROBLEMS: Mapping[str, ProblemType] = {
    WrongRole.__name__: WRONG_ROLE,
    TicketClosed.__name__: TICKET_CLOSED,
    WrongStage.__name__: WRONG_STAGE,
    ConditionUnmet.__name__: CONDITION_UNMET,
    Changed.__name__: TICKET_CHANGED,
    InvalidContent.__name__: INVALID_CONTENT,
    IdReused.__name__: KEY_REUSED,
    RecordFull.__name__: RECORD_FULL,
    InternalDefect.__name__: INTERNAL_ERROR,
}
"""The problem type of each refusal of a ticket."""

ACCOUNT_PROBLEMS: Mapping[str, ProblemType] = {
    WrongRole.__name__: WRONG_ROLE,
    InvalidContent.__name__: INVALID_CONTENT,
    IdReused.__name__: KEY_REUSED,
    RecordFull.__name__: RECORD_FULL,
    InternalDefect.__name__: INTERNAL_ERROR,
    NotPromised.__name__: NOT_PROMISED,
    NothingLeft.__name__: NOTHING_LEFT,
    TooLate.__name__: TOO_LATE,
    AlreadySettled.__name__: ALREADY_SETTLED,
    NoSuchEntry.__name__: NO_SUCH_ENTRY,
}
"""The problem type of each refusal of an account."""

FRAMEWORK_ERRORS: Mapping[int, ProblemType] = {
    400: MALFORMED_BODY,
    404: NOT_FOUND,
    405: METHOD_NOT_ALLOWED,
}
"""The problem types of errors that the framework raises, by status."""
