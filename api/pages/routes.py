"""The routes of the pages. The problem types are JSON for programs, and pages for browsers."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel

from api.http import problem_types
from api.http.openapi import problem_responses
from api.http.problem_types import PROBLEM_TYPES, ProblemType
from api.http.problems import Problem
from api.pages.negotiation import prefers_page
from api.pages.rendering import docs_page, problem_page, problems_page

router = APIRouter(tags=["Service"])
Accept = Annotated[str, Header(include_in_schema=False)]
_PAGE: dict[str, Any] = {"text/html": {"schema": {"type": "string"}}}
_VARIES = {"Vary": "Accept"}


class Explanation(BaseModel):
    """Explanation of a problem type."""

    type: str
    title: str
    status: int
    means: str


@router.get(
    "/docs",
    operation_id="docs",
    summary="Read the reference",
    response_class=HTMLResponse,
    responses={200: {"description": "The reference as a page."}, **problem_responses()},
)
async def docs(request: Request) -> HTMLResponse:
    """The reference of the API as a page for people. It has no scripts and loads nothing."""
    return docs_page(request.app)


@router.get(
    "/problems",
    operation_id="problems",
    summary="List problem types",
    response_model=list[Explanation],
    responses={200: {"content": _PAGE}, **problem_responses()},
)
async def all_problems(accept: Accept = "") -> Response:
    """All problem types of the API; a page, if the caller prefers HTML."""
    if prefers_page(accept):
        return _varied(problems_page())
    return _json([_explanation(type) for type in PROBLEM_TYPES.values()])


@router.get(
    "/problems/{slug}",
    operation_id="problem",
    summary="Read a problem type",
    response_model=Explanation,
    responses={200: {"content": _PAGE}, **problem_responses(problem_types.NOT_FOUND)},
)
async def problem(
    request: Request,
    slug: Annotated[
        str,
        Path(description="Last segment of the `type` of a problem.", examples=["wrong-stage"]),
    ],
    accept: Accept = "",
) -> Response:
    """The meaning of a problem type, and what to do; a page, if the caller prefers HTML."""
    if slug not in PROBLEM_TYPES:
        raise Problem(problem_types.NOT_FOUND, "there is no such problem type")
    if prefers_page(accept):
        return _varied(problem_page(request.app, PROBLEM_TYPES[slug]))
    return _json(_explanation(PROBLEM_TYPES[slug]))


def _json(content: dict[str, Any] | list[dict[str, Any]]) -> Response:
    return _varied(JSONResponse(content))


def _varied(response: Response) -> Response:
    response.headers.update(_VARIES)
    return response


def _explanation(type: ProblemType) -> dict[str, Any]:
    explanation = Explanation(
        type=type.uri, title=type.title, status=type.status, means=type.meaning
    )
    return explanation.model_dump()
