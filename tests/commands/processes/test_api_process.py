"""The parts of the API process that run beside its server."""

import asyncio

from fastapi import FastAPI

from api.http.openapi import MOST_WAITING, describe
from commands.processes.api_process import prepare


async def test_a_flood_of_requests_for_the_description_does_not_end_the_process() -> None:
    app = FastAPI(openapi_url=None)
    describe(app)
    description = app.state.description
    waiting = [asyncio.create_task(description.encoded()) for _ in range(MOST_WAITING)]
    preparing = asyncio.create_task(prepare(app, after=0))
    documents = await asyncio.gather(*waiting)
    assert len({*documents}) == 1
    # Each end of it would end the process.
    assert not preparing.done()
    preparing.cancel()
