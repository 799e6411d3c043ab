"""The server is killed while people register: what was acknowledged is there, once, and whole."""

import pytest

from benchmarks.kills import kill_while_people_register
from benchmarks.servers import academy_of


@pytest.mark.slow
def test_every_acknowledged_registration_outlives_a_killed_server() -> None:
    with academy_of("SQLite") as settings:
        done = kill_while_people_register(settings, kills=3)

    assert (done.kills, done.acknowledged) == (3, 90)
    assert done.repeated > 0, "no request was cut off, so nothing was tried"
    assert (done.lost, done.doubled, done.half, done.intact) == (0, 0, 0, True)
