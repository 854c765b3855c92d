"""Error responses in the format of RFC 9457 (application/problem+json)."""

from dataclasses import dataclass, field
from typing import Self

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.http.problem_types import ProblemType
from policies.i18n.phrases import FALLBACK
from policies.vocabulary import Action, Stage
from workflows.shared.texts.phrases import PHRASES

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One error, with its place in the request."""

    field: str = Field(description="The field, parameter or header.", examples=["channel"])
    message: str = Field(
        description="The error, and the accepted values or format.",
        examples=["'fax' is not a channel for this request"],
    )


class ProblemDocument(BaseModel):
    """The error response to a request (RFC 9457)."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="URI of the problem type, which explains it.")
    title: str = Field(description="Short name of the problem type.")
    status: int = Field(description="HTTP status of the response.")
    detail: str = Field(
        description="The error in this request, in the language of the account's contract."
    )
    instance: str = Field(description="Path of the request.")
    stage: Stage | None = Field(default=None, description="Stage of the ticket.")
    allowed_actions: tuple[Action, ...] | None = Field(
        default=None, description="Actions that the caller can take on the ticket now."
    )
    merged_into: str | None = Field(
        default=None, description="The ticket that a merged ticket continues in."
    )
    clause: str | None = Field(default=None, description="Clause of the policy that applies.")
    errors: tuple[FieldError, ...] | None = Field(
        default=None, description="All errors in the request, each with its place."
    )


@dataclass
class Problem(Exception):
    """An error response. `detail` is in `language`; titles are always in English."""

    type: ProblemType
    detail: str
    stage: Stage | None = None
    allowed_actions: tuple[Action, ...] | None = None
    merged_into: str | None = None
    clause: str | None = None
    errors: tuple[FieldError, ...] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    language: str = FALLBACK

    @classmethod
    def from_phrase(cls, type: ProblemType, locale: str, phrase: str, **values: object) -> Self:
        """A problem whose detail is a phrase in the language of the locale."""
        detail = PHRASES.say(locale, phrase, **values)
        return cls(type, detail, language=PHRASES.language(locale))

    def response(self, instance: str) -> JSONResponse:
        """The response for a request to the path `instance`."""
        document = ProblemDocument(
            type=self.type.uri,
            title=self.type.title,
            status=self.type.status,
            detail=self.detail,
            instance=instance,
            stage=self.stage,
            allowed_actions=self.allowed_actions,
            merged_into=self.merged_into,
            clause=self.clause,
            errors=self.errors,
        )
        return JSONResponse(
            document.model_dump(mode="json", exclude_none=True),
            status_code=self.type.status,
            headers={"Content-Language": self.language, **self.headers},
            media_type=MEDIA_TYPE,
        )
