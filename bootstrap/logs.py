"""Log lines of the long-running commands, on standard error, as text or as JSON objects."""

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bootstrap.setting_types import LogFormat

TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
PACKAGES = ("desk", "activities", "api", "worker", "workflows")
_STANDARD_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
}
_TEMPORAL_FIELDS = ("workflow_id", "workflow_type", "run_id", "activity_type", "attempt")


def log_to_terminal(format: LogFormat = LogFormat.TEXT) -> None:
    """Logs this project's packages from INFO on and libraries from WARNING on.

    Call it again to change the format, once the settings are read.
    """
    logging.basicConfig(level=logging.WARNING, format=TEXT)
    for name in PACKAGES:
        logging.getLogger(name).setLevel(logging.INFO)
    if format is LogFormat.JSON:
        _log_as_json()


def _log_as_json() -> None:
    from temporalio import activity, workflow

    for handler in logging.getLogger().handlers:
        handler.setFormatter(JsonLines())
    # The Temporal context has fields of its own. With it out of the message, deliveries can be
    # logged at INFO and stay readable.
    activity.logger.activity_info_on_message = False
    workflow.logger.workflow_info_on_message = False
    for adapter in (activity.logger, workflow.logger):
        adapter.base_logger.setLevel(logging.INFO)


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object, with its ticket, workflow run, attempt and trace."""

    def format(self, record: logging.LogRecord) -> str:
        """The JSON object, without a line break."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **dict(_temporal_fields(record)),
            **dict(_extra_fields(record)),
            **_trace_fields(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        present = {key: value for key, value in line.items() if value is not None}
        return json.dumps(present, ensure_ascii=False, default=str)


def _extra_fields(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    for key, value in vars(record).items():
        if key not in _STANDARD_ATTRIBUTES and not key.startswith(("temporal_", "__temporal")):
            yield key, value


def _temporal_fields(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    """The workflow or activity that logged the record, and its ticket or account."""
    details: Mapping[str, Any] = {
        **getattr(record, "temporal_workflow", {}),
        **getattr(record, "temporal_activity", {}),
    }
    kind, _, number = str(details.get("workflow_id", "")).partition("/")
    if kind in ("ticket", "account"):
        yield kind, number
    for key in _TEMPORAL_FIELDS:
        if key in details:
            yield key, details[key]
    # Activities have the run of their workflow under another name.
    if "workflow_run_id" in details:
        yield "run_id", details["workflow_run_id"]


def _trace_fields() -> dict[str, str]:
    from opentelemetry import trace

    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return {}
    return {
        "trace_id": trace.format_trace_id(context.trace_id),
        "span_id": trace.format_span_id(context.span_id),
    }
