"""How an action becomes a Temporal Update, the same way for tickets and accounts."""

from typing import Any

from temporalio import workflow

from workflows.shared.action_request import Act, Content


def action_update(name: str, content: type[Content], reply: type) -> Any:
    """The update of one action: its validator asks `_check`, its handler `_take`, both of the
    workflow class it becomes a member of; `_take` answers with a `reply`.
    """

    def handle(self: Any, act: Act[Any]) -> Any:
        return self._take(name, act)

    def validate(self: Any, act: Act[Any]) -> None:
        self._check(name, act)

    # The data converter decodes by annotation, so each handler names its own models.
    for function in (handle, validate):
        function.__annotations__["act"] = Act.__class_getitem__(content)
        del function.__annotations__["self"]
    handle.__annotations__["return"] = reply
    description = (content.__doc__ or "").split(".")[0].replace("\n", " ").strip()
    update = workflow.update(name=name, description=description)(handle)
    update.validator(validate)
    return update
