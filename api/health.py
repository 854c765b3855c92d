"""Routes of the service itself: the index, health checks, and explanations of problems."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel
from temporalio.service import RPCError

from api.dependencies import DependsOnDesk
from api.http import problem_types
from api.http.error_handlers import unavailable
from api.http.openapi import SUMMARY, TITLE, problem_responses
from api.http.problem_types import PROBLEM_TYPES
from api.http.problems import Problem

_CHECK_TIMEOUT = timedelta(seconds=2)
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
async def ready(desk: DependsOnDesk) -> Health:
    """Temporal responds, and the catalog has policies."""
    if not desk.catalog.slugs:
        raise unavailable("the catalog has no policies")
    try:
        is_serving = await desk.client.service_client.check_health(timeout=_CHECK_TIMEOUT)
    except (RPCError, RuntimeError) as error:
        # A client that never connected raises RuntimeError.
        raise unavailable("Temporal does not respond") from error
    if not is_serving:
        raise unavailable("Temporal is not serving")
    return Health()


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
