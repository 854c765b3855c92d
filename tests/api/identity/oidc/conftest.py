from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.api.identity.oidc.provider import Provider, Providers, running


@pytest_asyncio.fixture(scope="session")
async def providers() -> AsyncIterator[Providers]:
    """A host of providers."""
    async with running() as providers:
        yield providers


@pytest.fixture
def provider(providers: Providers) -> Provider:
    """A provider with one RSA key."""
    return providers.add()
