"""A coordinator who is signed in, and coaching in Top Talent."""

import httpx
import pytest

from academy import database as room
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import sign_in
from tests.support.makers import Coaching


@pytest.fixture
async def office(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> httpx.AsyncClient:
    """The browser of Cora, who runs the academy."""
    await sign_in(client, await makers.a_coordinator())
    return client


@pytest.fixture
async def priya(office: httpx.AsyncClient) -> Coaching:
    """Priya Nair has three sessions in Top Talent; Daniel Reid coaches there."""
    programme = await makers.a_programme(name="Top Talent")
    cohort = await makers.a_cohort(programme=programme, code="tt-essex")
    return await makers.coaching(programme=programme, cohort=cohort)
