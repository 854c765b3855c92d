"""The pages as HTML. Each is a single response: its style is in it, and it has no script."""

import base64
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.http.problem_types import PROBLEM_TYPES, ProblemType
from api.pages.markup import blocks, inline
from api.pages.reference import Reference, reference_of

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    "default-src 'none'",
    "img-src data:",
    f"style-src 'sha256-{_STYLE_HASH}'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
)
"""Nothing is loaded, from this host or any other; only the style of the page itself applies."""
HEADERS = {
    "Content-Security-Policy": "; ".join(_POLICY),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def docs_page(app: FastAPI) -> HTMLResponse:
    """The reference of the API."""
    return _response(_docs_html(app))


def problems_page() -> HTMLResponse:
    """All problem types."""
    return _response(_html("problems", problems=PROBLEM_TYPES.values()))


def problem_page(app: FastAPI, problem: ProblemType) -> HTMLResponse:
    """One problem type, and the operations that respond with it."""
    operations = [
        operation
        for group in _reference(app).groups
        for operation in group.operations
        if any(problem in answer.problems for answer in operation.answers)
    ]
    return _response(_html("problem", problem=problem, operations=operations))


@lru_cache(maxsize=2)
def _reference(app: FastAPI) -> Reference:
    return reference_of(app.openapi())


@lru_cache(maxsize=2)
def _docs_html(app: FastAPI) -> str:
    return _html("docs", reference=_reference(app))


def _html(name: str, **values: Any) -> str:
    template = _environment().get_template(f"{name}.html.j2")
    return template.render(style=Markup(_STYLE), **values)


def _response(html: str) -> HTMLResponse:
    return HTMLResponse(html, headers=HEADERS)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: Mapping[str, Any] = {"inline": inline, "blocks": blocks}
    environment.filters.update(filters)
    return environment
