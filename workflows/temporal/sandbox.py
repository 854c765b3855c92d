"""Where workflow code runs: Temporal's sandbox, without asking it about every payload.

Temporal asks a workflow for the context of each payload that is encoded or decoded, and enters the
sandbox to ask. Our data converter has no use for a context and keeps no payload elsewhere, so the
answer is known outside. Asking takes a fifth of a worker's time.
"""

from typing import Any

from temporalio.converter import StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = ("policies", "activities", "workflows", "pydantic", "opentelemetry")
"""Our own modules keep no state and read no clock (a test sees to that), so they need not be loaded
anew for each ticket."""
_NOWHERE_ELSE = StorageDriverStoreContext(target=None)


class Sandbox(SandboxedWorkflowRunner):
    """The sandbox of this project's workers, and of its replays."""

    def __init__(self, *also_passed_through: str) -> None:
        super().__init__(
            restrictions=SandboxRestrictions.default.with_passthrough_modules(
                *PASSED_THROUGH, *also_passed_through
            )
        )

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """One run of a workflow, in a sandbox of its own."""
        return _WithoutContexts(super().create_instance(det))


class _WithoutContexts(WorkflowInstance):
    def __init__(self, instance: WorkflowInstance) -> None:
        self._instance = instance

    def activate(self, act: Any) -> Any:
        return self._instance.activate(act)

    def get_serialization_context(self, command_info: Any) -> None:
        del command_info

    def get_external_store_context(self, command_info: Any) -> StorageDriverStoreContext:
        del command_info
        return _NOWHERE_ELSE

    def get_info(self) -> Any:
        return self._instance.get_info()

    def get_thread_id(self) -> int | None:
        return self._instance.get_thread_id()
