"""Routes of the service itself: the index, health checks, and explanations of problems."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from api.dependencies import DependsOnDesk
from api.http import problem_types
from api.http.error_handlers import unavailable
from api.http.openapi import SUMMARY, TITLE, problem_responses
from api.http.problem_types import PROBLEM_TYPES
from api.http.problems import Problem
from api.readiness import TOLERATED

router = APIRouter(tags=["Service"])


class Index(BaseModel):
    """Links to the resources of the API."""

    service: str = TITLE
    about: str = SUMMARY
    description: str = "/openapi.json"
    tickets: str = "/tickets"
    problems: str = "/problems"
    alive: str = "/healthz"
    ready: str = "/readyz"


class Health(BaseModel):
    """A passed health check."""

    status: str = "ok"


class ReadinessReport(BaseModel):
    """A desk that can do its work."""

    status: Literal["ok", "degraded"] = "ok"
    missing: dict[str, str] = Field(
        default_factory=dict, description="What does not work, and why, by the name of its check."
    )


class Explanation(BaseModel):
    """Explanation of a problem type."""

    type: str
    title: str
    status: int
    means: str


@router.get("/", operation_id="index", summary="Read the index", responses=problem_responses())
async def index() -> Index:
    """The resources of the API."""
    return Index()


@router.get(
    "/healthz", operation_id="alive", summary="Check liveness", responses=problem_responses()
)
async def alive() -> Health:
    """The process responds. Dependencies are not checked, because a restart does not help them."""
    return Health()


@router.get(
    "/readyz",
    operation_id="ready",
    summary="Check readiness",
    responses=problem_responses(problem_types.DESK_UNAVAILABLE),
)
async def ready(desk: DependsOnDesk) -> ReadinessReport:
    """There are policies, Temporal can write, workers poll, and the clocks agree. Examined at most
    every ten seconds. A mail server that takes no mail is reported, and notices wait for it.
    """
    missing = await desk.readiness.missing()
    if missing.keys() - TOLERATED:
        raise unavailable("; ".join(missing.values()))
    return ReadinessReport(
        status="degraded" if missing else "ok",
        missing={check.value: wrong for check, wrong in missing.items()},
    )


@router.get(
    "/problems",
    operation_id="problems",
    summary="List problem types",
    responses=problem_responses(),
)
async def all_problems() -> list[Explanation]:
    """All problem types of the API."""
    return [_explanation(slug) for slug in PROBLEM_TYPES]


@router.get(
    "/problems/{slug}",
    operation_id="problem",
    summary="Read a problem type",
    responses=problem_responses(problem_types.NOT_FOUND),
)
async def problem(
    slug: Annotated[str, Path(description="Last segment of the `type` of a problem.")],
) -> Explanation:
    """The meaning of a problem type, and what to do about it."""
    if slug not in PROBLEM_TYPES:
        raise Problem(problem_types.NOT_FOUND, "there is no such problem type")
    return _explanation(slug)


def _explanation(slug: str) -> Explanation:
    type = PROBLEM_TYPES[slug]
    return Explanation(type=type.uri, title=type.title, status=type.status, means=type.meaning)
