"""The log of Temporal's Python SDK, for commands that report failures themselves."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def silenced(*parts: str) -> Iterator[None]:
    """Meanwhile nothing is logged by these parts of the SDK, such as `worker` or `activity`."""
    loggers = [logging.getLogger(f"temporalio.{part}") for part in parts]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
