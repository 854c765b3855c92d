"""Workers with a setting otherwise than they are shipped."""

from typing import Any, cast

from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkerConfig


class WorkerOverrides(SimplePlugin):
    """Workers of a client with this have some settings otherwise."""

    def __init__(self, **settings: Any) -> None:
        super().__init__("otherwise")
        self._settings = settings

    def configure_worker(self, config: WorkerConfig) -> WorkerConfig:
        """The configuration with these settings in it."""
        return cast("WorkerConfig", {**super().configure_worker(config), **self._settings})
