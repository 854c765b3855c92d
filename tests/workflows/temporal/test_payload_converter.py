"""How often the message of a caller is decoded."""

import asyncio

from workflows.account.model.action_inputs import BookSession
from workflows.shared.action_request import ActionRequest
from workflows.temporal.connection import DATA_CONVERTER
from workflows.temporal.payload_converter import PayloadConverter

CONVERTER = DATA_CONVERTER.payload_converter
PAYLOADS = CONVERTER.to_payloads(
    [
        {
            "id": "1",
            "actor": {"id": "ada", "role": "agent"},
            "content": {
                "date": "2026-11-30",
                "hours": 1,
                "topic": "Reports",
                "requested_by": "Ben",
            },
        }
    ]
)
HINTS: list[type] = [ActionRequest[BookSession]]


async def decoded() -> object:
    return CONVERTER.from_payloads(PAYLOADS, HINTS)[0]


def test_one_task_decodes_the_argument_of_an_update_once_for_validator_and_handler() -> None:
    async def update() -> tuple[object, object]:
        return await decoded(), await decoded()

    for_validator, for_handler = asyncio.run(update())

    assert for_validator is for_handler


def test_two_updates_with_equal_arguments_share_no_object() -> None:
    async def updates() -> tuple[object, object]:
        return await asyncio.gather(decoded(), decoded())

    one, other = asyncio.run(updates())

    assert one == other
    assert one is not other


def test_two_workflows_that_are_started_with_equal_input_share_no_object() -> None:
    """The input of a start is decoded outside of tasks."""
    one, other = (CONVERTER.from_payloads(PAYLOADS, HINTS)[0] for _ in range(2))

    assert one == other
    assert one is not other


def test_all_converters_of_a_process_share_their_type_adapters() -> None:
    a, b = (PayloadConverter() for _ in range(2))

    assert a.converters is b.converters
