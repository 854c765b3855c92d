"""The routes about the service itself: the index, health, and what problems mean."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel
from temporalio.service import RPCError

from api.dependencies import DependsOnDesk
from api.http import problems
from api.http.error_handlers import unavailable
from api.http.openapi import SUMMARY, TITLE, refusals
from api.http.problems import KINDS, Problem

_CHECK_TIMEOUT = timedelta(seconds=2)
router = APIRouter(tags=["Service"])


class Index(BaseModel):
    """Where to go from here."""

    service: str = TITLE
    about: str = SUMMARY
    description: str = "/openapi.json"
    tickets: str = "/tickets"
    problems: str = "/problems"
    alive: str = "/healthz"
    ready: str = "/readyz"


class Health(BaseModel):
    """All is well."""

    status: str = "ok"


class Explanation(BaseModel):
    """What a kind of problem stands for."""

    type: str
    title: str
    status: int
    means: str


@router.get("/", operation_id="index", summary="The index", responses=refusals())
async def index() -> Index:
    """What there is."""
    return Index()


@router.get("/healthz", operation_id="alive", summary="Does it live?", responses=refusals())
async def alive() -> Health:
    """The process lives. Nothing else is asked, so it is no reason to restart when it fails."""
    return Health()


@router.get(
    "/readyz",
    operation_id="ready",
    summary="Can it serve?",
    responses=refusals(problems.DESK_UNAVAILABLE),
)
async def ready(desk: DependsOnDesk) -> Health:
    """Temporal answers, and there are policies to open tickets under."""
    if not desk.catalogue.slugs:
        raise unavailable("there is no policy in the catalogue")
    try:
        is_serving = await desk.client.service_client.check_health(timeout=_CHECK_TIMEOUT)
    except (RPCError, RuntimeError) as error:
        # A client that was never connected raises the RuntimeError.
        raise unavailable("Temporal does not answer") from error
    if not is_serving:
        raise unavailable("Temporal is not serving")
    return Health()


@router.get("/problems", operation_id="problems", summary="All problems", responses=refusals())
async def all_problems() -> list[Explanation]:
    """Every kind of problem that the API answers with."""
    return [_explanation(slug) for slug in KINDS]


@router.get(
    "/problems/{slug}",
    operation_id="problem",
    summary="One problem",
    responses=refusals(problems.NOT_FOUND),
)
async def problem(
    slug: Annotated[str, Path(description="The last part of a problem's `type`.")],
) -> Explanation:
    """What a kind of problem stands for, and what to do about it."""
    if slug not in KINDS:
        raise Problem(problems.NOT_FOUND, "there is no such kind of problem")
    return _explanation(slug)


def _explanation(slug: str) -> Explanation:
    kind = KINDS[slug]
    return Explanation(type=kind.type, title=kind.title, status=kind.status, means=kind.means)
