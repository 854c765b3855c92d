"""Whether a caller wants a page for people or a JSON document (RFC 9110, section 12.5.1)."""

from collections.abc import Iterable

_PAGE = ("text/html", "application/xhtml+xml")
_JSON = ("application/json", "application/*", "*/*")


def prefers_page(accept: str) -> bool:
    """Whether `Accept` prefers HTML to JSON, as browsers do. Programs that accept anything get
    JSON.
    """
    qualities = dict(map(_quality, filter(None, accept.split(","))))
    return _best(qualities, _PAGE) > _best(qualities, _JSON)


def _best(qualities: dict[str, float], ranges: Iterable[str]) -> float:
    return max((qualities.get(media_range, 0.0) for media_range in ranges), default=0.0)


def _quality(part: str) -> tuple[str, float]:
    media_range, *parameters = (text.strip().lower() for text in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            return media_range, _number(parameter[2:])
    return media_range, 1.0


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
