"""Columns: no silent defaults, and what goes in comes out, on both databases."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from academy import database as room
from academy.database import columns as c
from tests.academy.database.sample import Box, Colour, Thing


async def test_what_is_written_comes_back_in_its_own_type(tables: room.Engine, now: datetime) -> None:
    box = Box(name="Tools")
    await box.save()
    thing = Thing(box=box.id, name="Hammer", colour=Colour.GREEN, made_at=now, due_on=date(2026, 7, 1), broken=True)
    await thing.save()

    assert await Thing.select() == [
        {
            "id": thing.id,
            "box": box.id,
            "name": "Hammer",
            "colour": "green",
            "made_at": now,
            "due_on": date(2026, 7, 1),
            "broken": True,
        }
    ]


async def test_a_moment_in_another_zone_comes_back_in_utc(tables: room.Engine, now: datetime) -> None:
    london = now.astimezone(timezone(timedelta(hours=1)))

    await Thing(name="Hammer", made_at=london).save()

    found = await Thing.select(Thing.made_at).where(Thing.made_at == now).first()
    assert found == {"made_at": now}
    assert found["made_at"].tzinfo == UTC


async def test_a_naive_moment_is_refused_and_nothing_is_written(tables: room.Engine, now: datetime) -> None:
    naive = now.replace(tzinfo=None)

    with pytest.raises(room.NaiveInstant):
        await Thing(name="Hammer", made_at=naive).save()
    with pytest.raises(room.NaiveInstant):
        await Thing.select().where(Thing.made_at >= naive)

    assert await Thing.count() == 0


async def test_control_without_the_check_the_databases_take_a_naive_moment_each_in_its_way(
    tables: room.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("academy.database.sqlite.check_values", lambda values: None)
    monkeypatch.setattr("academy.database.postgres.check_values", lambda values: None)

    await Thing(name="Hammer", made_at=now.replace(tzinfo=None)).save()

    assert await Thing.count() == 1


async def test_a_nul_character_or_half_a_surrogate_pair_is_refused(tables: room.Engine) -> None:
    for name in ("a\0b", "a\ud800b"):
        with pytest.raises(room.UnusableText):
            await Box(name=name).save()

    assert await Box.count() == 0


async def test_a_missing_value_is_an_error_and_not_a_silent_default(tables: room.Engine, now: datetime) -> None:
    with pytest.raises(ValueError, match="made_at"):
        Thing(name="Hammer")
    with pytest.raises(ValueError, match="name"):
        Thing(made_at=now)


def test_a_status_must_be_one_of_its_kind() -> None:
    with pytest.raises(ValueError):
        c.status(Colour, "blue")  # type: ignore[arg-type]


async def test_a_record_that_others_point_to_stays(tables: room.Engine, now: datetime) -> None:
    box = Box(name="Tools")
    await box.save()
    await Thing(box=box.id, name="Hammer", made_at=now).save()

    with pytest.raises(room.BrokenLink):
        await Box.delete().where(Box.id == box.id)

    assert await Box.count() == 1
