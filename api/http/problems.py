"""Problems: every refusal of the API in the format of RFC 9457 (application/problem+json).

A kind of problem has a `type` URI of its own under /problems/, where it is explained. Which
refusal of the desk becomes which kind is one table, `REFUSED`; nothing else decides statuses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from policies.i18n.phrases import FALLBACK
from policies.vocabulary import Action, Stage
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
from workflows.shared.texts import PHRASES
from workflows.ticket.model.refusals import ConditionUnmet, WrongStage

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One kind of problem: what its type URI stands for."""

    slug: str
    status: HTTPStatus
    title: str
    means: str

    @property
    def type(self) -> str:
        """The type URI, relative to where the API is."""
        return f"/problems/{self.slug}"


MALFORMED_BODY = Kind(
    "malformed-body",
    HTTPStatus.BAD_REQUEST,
    "The body is not JSON",
    "The body could not be read as one JSON document in UTF-8 (RFC 8259).",
)
UNAUTHENTICATED = Kind(
    "unauthenticated",
    HTTPStatus.UNAUTHORIZED,
    "A known token is needed",
    "Send `Authorization: Bearer <token>` with a token that this desk knows (RFC 6750).",
)
WRONG_ROLE = Kind(
    "wrong-role",
    HTTPStatus.FORBIDDEN,
    "Not for this role",
    "People in the role of the token do not do this; `detail` names the roles that do.",
)
TICKET_UNKNOWN = Kind(
    "ticket-unknown",
    HTTPStatus.NOT_FOUND,
    "No such ticket",
    "There is no ticket of this number, or none that the token may see.",
)
ACCOUNT_UNKNOWN = Kind(
    "account-unknown",
    HTTPStatus.NOT_FOUND,
    "No such account here",
    "There is no account of this name, or none that the token may see.",
)
NO_SUCH_ENTRY = Kind(
    "no-such-entry",
    HTTPStatus.NOT_FOUND,
    "No such entry",
    "The account has no outage, session, credit, claim or measured month of this name, or no "
    "longer: what can change nothing any more is dropped after a year.",
)
NOT_FOUND = Kind(
    "not-found",
    HTTPStatus.NOT_FOUND,
    "Nothing here",
    "No resource has this path; /openapi.json lists those there are.",
)
METHOD_NOT_ALLOWED = Kind(
    "method-not-allowed",
    HTTPStatus.METHOD_NOT_ALLOWED,
    "Not with this method",
    "The resource is there, but not for this method; the header `Allow` names those it has.",
)
NOT_ACCEPTABLE = Kind(
    "not-acceptable",
    HTTPStatus.NOT_ACCEPTABLE,
    "Answers are JSON",
    "The header `Accept` leaves application/json out, and there is nothing else to send.",
)
WRONG_STAGE = Kind(
    "wrong-stage",
    HTTPStatus.CONFLICT,
    "Not in this stage",
    "The ticket is in a stage that has no such action. `stage` is the one it is in, and "
    "`allowed_actions` is what the caller can do on it now.",
)
CONDITION_UNMET = Kind(
    "condition-unmet",
    HTTPStatus.CONFLICT,
    "Something is needed first",
    "The stage has this action, but something the action rests on is not there yet.",
)
TICKET_CLOSED = Kind(
    "ticket-closed",
    HTTPStatus.CONFLICT,
    "The ticket is closed",
    "A closed ticket takes no action any more; open a new one that refers to it.",
)
RECORD_FULL = Kind(
    "record-full",
    HTTPStatus.CONFLICT,
    "The record is full",
    "The ticket has grown as large as a ticket may; go on in a new one that refers to it. Or the "
    "account holds as many entries of a kind as it can.",
)
NOT_PROMISED = Kind(
    "not-promised",
    HTTPStatus.CONFLICT,
    "This is not promised",
    "The policy and the contract of the account promise no such thing.",
)
NOTHING_LEFT = Kind(
    "nothing-left",
    HTTPStatus.CONFLICT,
    "It is used up",
    "What the policy promises for the period is used up; `detail` says what is left.",
)
TOO_LATE = Kind(
    "too-late",
    HTTPStatus.CONFLICT,
    "The period has ended",
    "This was possible until a day that has passed; `detail` names it.",
)
ALREADY_SETTLED = Kind(
    "already-settled",
    HTTPStatus.CONFLICT,
    "It is settled already",
    "It was ended, cancelled, claimed or refused before.",
)
BODY_TOO_LARGE = Kind(
    "body-too-large",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "The body is too large",
    "The body has more bytes than this desk takes; long material belongs behind a link.",
)
UNSUPPORTED_MEDIA_TYPE = Kind(
    "unsupported-media-type",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "Bodies are JSON",
    "A body is application/json in UTF-8, without a content coding.",
)
INVALID_REQUEST = Kind(
    "invalid-request",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The request is not as described",
    "Fields, parameters or headers do not fit the description; `errors` has all of them.",
)
INVALID_CONTENT = Kind(
    "invalid-content",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The content does not fit the policy",
    "What the action says is well formed, but not possible under the policy it concerns.",
)
REQUEST_REFUSED = Kind(
    "request-refused",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The policy does not take this request",
    "The account's policy does not admit the request as it stands: a wrong channel, an unknown "
    "priority. `errors` has every objection, with the right values.",
)
UNKNOWN_ACCOUNT = Kind(
    "unknown-account",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "No such account",
    "The desk has no contract for this account, or none that the token may act for.",
)
KEY_REUSED = Kind(
    "idempotency-key-reused",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The key was used before",
    "This Idempotency-Key came with another request before. A repetition has to be the same "
    "request by the same caller; anything else needs a new key.",
)
TOO_FAST = Kind(
    "too-many-requests",
    HTTPStatus.TOO_MANY_REQUESTS,
    "Too many at once",
    "The account opens tickets faster than this desk takes them from one account, so that others "
    "do not wait for it. This request opened nothing: repeat it with the same key after the time "
    "in `Retry-After`.",
)
INTERNAL_ERROR = Kind(
    "internal-error",
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "Something went wrong here",
    "A mistake of ours. It is logged; the request may be repeated with the same key.",
)
CONTRACT_UNAVAILABLE = Kind(
    "contract-unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The contract cannot be read",
    "There is a contract for this account, but it or its policy is unusable at the moment. "
    "Nothing was changed; repeat the request with the same key once the desk has mended it.",
)
DESK_UNAVAILABLE = Kind(
    "desk-unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The desk does not answer",
    "No answer came in time. What was asked may still be done: repeat the same request with "
    "the same key after the time in `Retry-After`.",
)

KINDS: Mapping[str, Kind] = {
    kind.slug: kind for kind in tuple(globals().values()) if isinstance(kind, Kind)
}
"""Every kind of problem there is, by its slug."""

REFUSED: Mapping[str, Kind] = {
    WrongRole.__name__: WRONG_ROLE,
    WrongStage.__name__: WRONG_STAGE,
    ConditionUnmet.__name__: CONDITION_UNMET,
    InvalidContent.__name__: INVALID_CONTENT,
    IdReused.__name__: KEY_REUSED,
    RecordFull.__name__: RECORD_FULL,
    InternalDefect.__name__: INTERNAL_ERROR,
}
"""Each refusal of a ticket and the kind of problem it is to the caller."""

ACCOUNT_REFUSED: Mapping[str, Kind] = {
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
"""Each refusal of an account and the kind of problem it is to the caller."""

OF_STATUS: Mapping[int, Kind] = {
    400: MALFORMED_BODY,
    404: NOT_FOUND,
    405: METHOD_NOT_ALLOWED,
}
"""What the framework refuses by itself."""


class FieldError(BaseModel):
    """One thing that is wrong, and where."""

    field: str = Field(description="Where: a field, parameter or header.", examples=["channel"])
    message: str = Field(
        description="What is wrong, and what would be right.",
        examples=["'fax' is not a channel for this request"],
    )


class ProblemDocument(BaseModel):
    """Why a request was refused (RFC 9457)."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="What kind of problem; explained at this address.")
    title: str = Field(description="The kind of problem in a few words.")
    status: int = Field(description="The status of the response.")
    detail: str = Field(
        description="What is the matter with this very request, in the language of its contract."
    )
    instance: str = Field(description="The path that was asked for.")
    stage: Stage | None = Field(default=None, description="The stage the ticket is in.")
    allowed_actions: tuple[Action, ...] | None = Field(
        default=None, description="What the caller can do on the ticket as it stands."
    )
    clause: str | None = Field(default=None, description="The clause of the policy behind it.")
    errors: tuple[FieldError, ...] | None = Field(
        default=None, description="All that is wrong with the request, each with its place."
    )


@dataclass
class Problem(Exception):
    """A request that is refused, and what the caller needs to do better, in `language`; titles are
    the same for everybody.
    """

    kind: Kind
    detail: str
    stage: Stage | None = None
    allowed_actions: tuple[Action, ...] | None = None
    clause: str | None = None
    errors: tuple[FieldError, ...] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    language: str = FALLBACK

    @classmethod
    def saying(cls, kind: Kind, locale: str, phrase: str, **values: object) -> Self:
        """A problem in a phrase for somebody with this locale."""
        detail = PHRASES.say(locale, phrase, **values)
        return cls(kind, detail, language=PHRASES.language(locale))

    def response(self, instance: str) -> JSONResponse:
        """The problem as it is sent."""
        document = ProblemDocument(
            type=self.kind.type,
            title=self.kind.title,
            status=self.kind.status,
            detail=self.detail,
            instance=instance,
            stage=self.stage,
            allowed_actions=self.allowed_actions,
            clause=self.clause,
            errors=self.errors,
        )
        return JSONResponse(
            document.model_dump(mode="json", exclude_none=True),
            status_code=self.kind.status,
            headers={"Content-Language": self.language, **self.headers},
            media_type=MEDIA_TYPE,
        )
