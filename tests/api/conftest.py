import pytest
from fastapi import FastAPI
from temporalio.testing import WorkflowEnvironment

from tests.api.caller import Call, Caller, make_app
from tests.harness import RecordingMailer


@pytest.fixture(scope="session")
def app(desk: WorkflowEnvironment) -> FastAPI:
    return make_app(desk.client)


@pytest.fixture
def call(app: FastAPI, mailer: RecordingMailer) -> Call:
    """A caller by role, or by the name before `-token`."""

    def caller(who: str) -> Caller:
        return Caller(app, f"{who}-token")

    return caller


@pytest.fixture
def agent(call: Call) -> Caller:
    return call("agent")


@pytest.fixture
def service(call: Call) -> Caller:
    return call("service")
