"""Many rows at once are written as one by one, on both databases."""

from datetime import date
from uuid import uuid4

import pytest

from academy import database as room
from tests.academy.database.sample import Box, Colour, Thing


async def test_every_value_comes_back_as_it_was(tables, now):
    box = Box(name="Tools", taken=3)
    things = [
        Thing(box=box.id, name="Łukasz's saw", colour=Colour.GREEN, made_at=now, due_on=date(2026, 6, 2), broken=True),
        Thing(box=None, name="", made_at=now),
    ]

    assert await room.insert([box]) == 1
    assert await room.insert(things) == 2

    rows = await Thing.select().order_by(Thing.name)
    assert rows == [
        {
            "id": things[1].id,
            "box": None,
            "name": "",
            "colour": "red",
            "made_at": now,
            "due_on": None,
            "broken": False,
        },
        {
            "id": things[0].id,
            "box": box.id,
            "name": "Łukasz's saw",
            "colour": "green",
            "made_at": now,
            "due_on": date(2026, 6, 2),
            "broken": True,
        },
    ]


async def test_more_rows_than_fit_into_one_statement(tables):
    boxes = [Box(name=f"box {number}") for number in range(1201)]

    async with room.transaction():
        assert await room.insert(boxes) == 1201

    assert await Box.count() == 1201


async def test_no_rows_ask_nothing_of_the_database(tables):
    assert await room.insert([]) == 0


async def test_what_is_there_is_left_out_written_over_or_refused(tables):
    await room.insert([Box(name="Tools", taken=1)])

    assert await room.insert([Box(name="Tools", taken=2), Box(name="Paint", taken=2)], unless=Box.name) == 1
    assert await Box.select(Box.name, Box.taken).order_by(Box.name) == [
        {"name": "Paint", "taken": 2},
        {"name": "Tools", "taken": 1},
    ]

    assert await room.insert([Box(name="Tools", taken=7)], unless=Box.name, update=[Box.taken]) == 1
    assert await Box.select(Box.taken).where(Box.name == "Tools") == [{"taken": 7}]

    with pytest.raises(room.Duplicate):
        await room.insert([Box(name="Tools", taken=9)])


async def test_a_row_that_points_nowhere_takes_the_others_with_it(tables, now):
    box = Box(name="Tools")
    await room.insert([box])

    with pytest.raises(room.BrokenLink):
        await room.insert([Thing(box=box.id, name="a", made_at=now), Thing(box=uuid4(), name="b", made_at=now)])

    assert await Thing.count() == 0


async def test_values_are_checked_as_everywhere(tables, now):
    with pytest.raises(room.UnusableText):
        await room.insert([Box(name="a\0b")])
    with pytest.raises(room.NaiveInstant):
        await room.insert([Thing(name="a", made_at=now.replace(tzinfo=None))])


async def test_plain_values_are_written_like_objects(tables, now):
    box = uuid4()

    assert await room.insert_values(Box, [{"id": box, "name": "Tools", "taken": 3}, {"name": "Łukasz's"}]) == 2
    assert await room.insert_values(Thing, [{"box": box, "name": "Saw", "colour": Colour.GREEN, "made_at": now}]) == 1
    assert await room.insert_values(Thing, []) == 0

    assert await Box.select(Box.name, Box.taken).order_by(Box.taken) == [
        {"name": "Łukasz's", "taken": 0},
        {"name": "Tools", "taken": 3},
    ]
    (thing,) = await Thing.select(Thing.box, Thing.colour, Thing.made_at, Thing.due_on, Thing.broken)
    assert thing == {"box": box, "colour": "green", "made_at": now, "due_on": None, "broken": False}


async def test_rows_of_plain_values_need_not_name_the_same_columns(tables):
    await room.insert_values(Box, [{"name": "A", "taken": 2}, {"name": "B"}])

    assert await Box.select(Box.name, Box.taken).order_by(Box.name) == [
        {"name": "A", "taken": 2},
        {"name": "B", "taken": 0},
    ]


async def test_a_column_that_does_not_exist_or_has_no_value_is_said(tables):
    with pytest.raises(ValueError, match="Box has no column size"):
        await room.insert_values(Box, [{"name": "Tools", "size": 3}])
    with pytest.raises(ValueError, match="made_at was not given"):
        await room.insert_values(Thing, [{"name": "Saw"}])

    assert await Box.count() == 0
