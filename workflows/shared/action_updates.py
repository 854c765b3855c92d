"""The Temporal update of an action, for tickets and accounts alike."""

from typing import Any

from temporalio import workflow

from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.shared.callers_message import takes_one


def action_update(name: str, content: type[ActionInput], reply: type) -> Any:
    """The update of one action, as a member of a workflow class.

    Its validator calls `_validate` of that class, its handler `_apply`, which returns a `reply`.
    """

    async def handle(self: Any, request: ActionRequest[Any]) -> Any:
        return await self._apply(name, request)

    def validate(self: Any, request: ActionRequest[Any]) -> None:
        self._validate(name, request)

    # The data converter decodes by annotation, so each handler names its own models.
    for function in (handle, validate):
        function.__annotations__["request"] = ActionRequest.__class_getitem__(content)
        del function.__annotations__["self"]
    handle.__annotations__["return"] = reply
    description = (content.__doc__ or "").split(".")[0].replace("\n", " ").strip()
    update = workflow.update(name=name, description=description)(handle)
    update.validator(takes_one(validate))
    return update
