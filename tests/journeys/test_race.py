"""Sixty people press the button at one instant, each with a connection of their own to a real server."""

import pytest

from benchmarks.races import race
from benchmarks.servers import Served, academy_of

PLACES = 3


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_sixty_for_three_places_over_http(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "PostgreSQL":
        monkeypatch.setenv("TEST_POSTGRES_URL", request.getfixturevalue("postgres_server"))
    with academy_of(kind) as settings, Served(settings, ACADEMY_SCHEDULER="0") as server:
        done = race(settings, [server.port], people=60, places=PLACES)

    assert done.outcome.statuses == {"201": 60}
    assert (done.winners, done.in_order, done.lost) == (PLACES, True, 0)
