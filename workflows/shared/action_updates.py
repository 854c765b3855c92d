"""How an action becomes a Temporal Update, the same way for tickets and accounts."""

from typing import Any

from temporalio import workflow

from workflows.shared.action_request import ActionInput, ActionRequest


def action_update(name: str, content: type[ActionInput], reply: type) -> Any:
    """The update of one action: its validator calls `_validate`, its handler `_apply`, both of the
    workflow class it becomes a member of; `_apply` answers with a `reply`.
    """

    def handle(self: Any, act: ActionRequest[Any]) -> Any:
        return self._apply(name, act)

    def validate(self: Any, act: ActionRequest[Any]) -> None:
        self._validate(name, act)

    # The data converter decodes by annotation, so each handler names its own models.
    for function in (handle, validate):
        function.__annotations__["act"] = ActionRequest.__class_getitem__(content)
        del function.__annotations__["self"]
    handle.__annotations__["return"] = reply
    description = (content.__doc__ or "").split(".")[0].replace("\n", " ").strip()
    update = workflow.update(name=name, description=description)(handle)
    update.validator(validate)
    return update
