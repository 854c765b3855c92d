"""Routes of the service itself: the index and the health checks."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.dependencies import DependsOnDesk
from api.http import problem_types
from api.http.error_handlers import unavailable
from api.http.openapi import SUMMARY, TITLE, problem_responses
from api.readiness import TOLERATED

router = APIRouter(tags=["Service"])


class Index(BaseModel):
    """Links to the resources of the API."""

    service: str = TITLE
    about: str = SUMMARY
    docs: str = "/docs"
    description: str = "/openapi.json"
    me: str = "/me"
    policies: str = "/policies"
    accounts: str = "/accounts"
    agents: str = "/agents"
    tickets: str = "/tickets"
    problems: str = "/problems"
    proof_key: str = "/proof-key"
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
    every ten seconds. A mail server that takes no mail is reported, and notices wait for it. A file
    of tokens or agents that is no longer valid is reported, and its last valid content is used.
    """
    missing = await desk.readiness.missing()
    if missing.keys() - TOLERATED:
        raise unavailable("; ".join(missing.values()))
    return ReadinessReport(
        status="degraded" if missing else "ok",
        missing={check.value: wrong for check, wrong in missing.items()},
    )
