"""Metrics as Prometheus scrapes them, and whether a PromQL selector matches one."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import httpx
from promql_parser import Expr, Matcher, MatchOp, VectorSelector, parse, walk

_SERIES = re.compile(r"^(?P<name>[a-z_]+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Series(NamedTuple):
    """One line of an exposition."""

    name: str
    labels: dict[str, str]
    value: float


async def scrape(address: str) -> list[Series]:
    """The series of a metrics endpoint."""
    async with httpx.AsyncClient(trust_env=False) as http:
        return list(series_in((await http.get(f"http://{address}/metrics")).text))


def series_in(exposition: str) -> Iterator[Series]:
    """The series of a text in Prometheus's exposition format."""
    for found in _SERIES.finditer(exposition):
        labels = dict(_LABEL.findall(found["labels"] or ""))
        yield Series(found["name"], labels, float(found["value"]))


def selectors(expression: str) -> list[VectorSelector]:
    """The selectors of an expression; ValueError if it is not PromQL."""
    found: list[VectorSelector] = []

    def collect(node: Expr) -> None:
        if isinstance(node, VectorSelector):
            found.append(node)

    walk(parse(expression.replace("$__rate_interval", "5m")), collect)
    return found


def selects(selector: VectorSelector, series: Series) -> bool:
    """Whether the selector matches this series."""
    matchers = selector.matchers.matchers
    return series.name == selector.name and all(_matches(m, series.labels) for m in matchers)


def _matches(matcher: Matcher, labels: dict[str, str]) -> bool:
    value = labels.get(matcher.name, "")
    if matcher.op in (MatchOp.Equal, MatchOp.NotEqual):
        return (value == matcher.value) is (matcher.op == MatchOp.Equal)
    return bool(re.fullmatch(matcher.value, value)) is (matcher.op == MatchOp.Re)
