"""What the long-running commands log: lines on standard error, as text or as JSON objects."""

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from settings import LogFormat

TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
OURS = ("desk", "activities", "api", "worker", "workflows")
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OF_TEMPORAL = ("workflow_id", "workflow_type", "run_id", "activity_type", "attempt")


def log_to_terminal(format: LogFormat = LogFormat.TEXT) -> None:
    """Everything of ours from INFO on, one line each; the libraries only from WARNING on.

    It may be called again, when the settings have said which format it is to be.
    """
    logging.basicConfig(level=logging.WARNING, format=TEXT)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    if format is LogFormat.JSON:
        _log_as_json()


def _log_as_json() -> None:
    from temporalio import activity, workflow

    for handler in logging.getLogger().handlers:
        handler.setFormatter(JsonLines())
    # Where in Temporal it was has fields of its own, and reads well enough to tell of deliveries.
    activity.logger.activity_info_on_message = False
    workflow.logger.workflow_info_on_message = False
    for adapter in (activity.logger, workflow.logger):
        adapter.base_logger.setLevel(logging.INFO)


class JsonLines(logging.Formatter):
    """One JSON object a line: when, how grave, what, and of which ticket, run, attempt, trace."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **dict(_place_of(record)),
            **dict(_given_with(record)),
            **_trace(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        told = {key: value for key, value in line.items() if value is not None}
        return json.dumps(told, ensure_ascii=False, default=str)


def _given_with(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    """What the call gave as `extra`."""
    for key, value in vars(record).items():
        if key not in _KNOWN and not key.startswith(("temporal_", "__temporal")):
            yield key, value


def _place_of(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    """Where in Temporal it was logged, and so the ticket or account it is about."""
    details: Mapping[str, Any] = {
        **getattr(record, "temporal_workflow", {}),
        **getattr(record, "temporal_activity", {}),
    }
    kind, _, number = str(details.get("workflow_id", "")).partition("/")
    if kind in ("ticket", "account"):
        yield kind, number
    for key in _OF_TEMPORAL:
        if key in details:
            yield key, details[key]
    # An activity has the run of its workflow under another name.
    if "workflow_run_id" in details:
        yield "run_id", details["workflow_run_id"]


def _trace() -> dict[str, str]:
    from opentelemetry import trace

    spoken_of = trace.get_current_span().get_span_context()
    if not spoken_of.is_valid:
        return {}
    return {
        "trace_id": trace.format_trace_id(spoken_of.trace_id),
        "span_id": trace.format_span_id(spoken_of.span_id),
    }
