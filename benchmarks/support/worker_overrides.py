"""Overrides of the settings of a worker."""

from typing import Any, cast

from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkerConfig


class WorkerOverrides(SimplePlugin):
    """A client plugin that overrides settings of its workers."""

    def __init__(self, **settings: Any) -> None:
        super().__init__("overrides")
        self._settings = settings

    def configure_worker(self, config: WorkerConfig) -> WorkerConfig:
        """The configuration with the overrides."""
        return cast("WorkerConfig", {**super().configure_worker(config), **self._settings})
