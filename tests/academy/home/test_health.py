"""What a load balancer and a monitor are told."""

import shutil
from types import SimpleNamespace

import httpx
import pytest

from academy import database as room
from academy.home import health


async def test_it_is_ready_when_the_database_answers(client: httpx.AsyncClient, database: room.Engine) -> None:
    answer = await client.get("/health/ready")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "timed_work": "elsewhere"})


async def test_a_full_disk_under_the_database_makes_it_unready_until_there_is_room(
    client: httpx.AsyncClient, database: room.Engine, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=health.LEAST_ROOM - 1))
    full = await client.get("/health/ready")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=health.LEAST_ROOM))
    again = await client.get("/health/ready")

    if kind == "sqlite":
        assert (full.status_code, full.json()) == (503, {"status": "storage full"})
        assert full.headers["retry-after"] == "60"
    else:  # the server of the database looks after its own disk
        assert full.status_code == 200
    assert again.status_code == 200
