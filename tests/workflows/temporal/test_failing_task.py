"""Why a task fails is readable, also where its message is encrypted."""

from pathlib import Path

import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from encryption.data_converter import encrypting
from tests.encryption.keys import ring
from workflows.temporal.connection import DATA_CONVERTER
from workflows.temporal.failing_task import put_in_clear


@pytest.mark.fault(65)
@pytest.mark.parametrize("is_encrypted", [True, False])
async def test_the_messages_of_a_failure_and_its_cause_are_put_in_clear(
    tmp_path: Path, is_encrypted: bool
) -> None:
    converter = encrypting(ring(tmp_path)) if is_encrypted else DATA_CONVERTER
    error = ApplicationError("the outer reason")
    error.__cause__ = ApplicationError("the inner reason")
    failure = Failure()
    await converter.encode_failure(error, failure)
    assert ("the inner reason" in str(failure)) is not is_encrypted
    await put_in_clear(failure, converter)
    assert failure.message == "the outer reason"
    assert failure.cause.message == "the inner reason"
    assert not failure.cause.HasField("cause")
