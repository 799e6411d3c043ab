"""Compiled queries and hand-written SQL give what the plain query gives, on both databases."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid4

import msgspec
import pytest
import pytest_asyncio

from academy import database as room
from tests.academy.database.sample import Box, Colour, Thing

HOT = room.compiled(
    Thing.select(Thing.name, Thing.box.name, Thing.made_at, Thing.broken)
    .where(
        (Thing.box == room.value("box"))
        & (Thing.made_at >= room.value("since"))
        & (Thing.colour == room.value("colour"))
        & (Thing.broken == room.value("broken"))
    )
    .order_by(Thing.name)
    .limit(room.value("most"))
    .offset(room.value("after"))
)
COUNT = room.compiled(Thing.count().where(Thing.name.like(room.value("pattern"))))
MEND = room.compiled(Thing.update({Thing.broken: room.value("broken")}, force=True).where(Thing.id == room.value("id")))
LAST = room.compiled_sql(
    "SELECT box, max(made_at) AS last_at, min(due_on) AS first_due, count(*) AS things, '10:30' AS time "
    "FROM test_thing WHERE box = :box AND made_at >= :since AND :box = :box GROUP BY box",
    types={"last_at": datetime, "first_due": date},
)


@pytest_asyncio.fixture
async def box(tables: room.Engine, now: datetime) -> UUID:
    box = Box(name="Tools")
    await box.save()
    for number in range(6):
        await Thing(
            box=box.id,
            name=f"thing {number}",
            colour=Colour.GREEN if number % 2 else Colour.RED,
            made_at=now + timedelta(minutes=number, microseconds=number),
            due_on=date(2026, 7, 1 + number),
            broken=number > 3,
        ).save()
    return box.id


async def test_a_compiled_query_gives_what_the_plain_one_gives(box: UUID, now: datetime) -> None:
    plain = (
        await Thing.select(Thing.name, Thing.box.name, Thing.made_at, Thing.broken)
        .where((Thing.box == box) & (Thing.made_at >= now) & (Thing.colour == Colour.GREEN) & (Thing.broken.eq(False)))
        .order_by(Thing.name)
        .limit(1)
        .offset(1)
    )

    rows = await HOT.run(box=box, since=now, colour=Colour.GREEN, broken=False, most=1, after=1)

    assert rows == plain
    assert [row["name"] for row in rows] == ["thing 3"]


async def test_each_run_has_its_own_values(box: UUID, now: datetime) -> None:
    values = {"since": now, "colour": Colour.RED, "broken": False, "most": 10, "after": 0}

    assert len(await HOT.run(box=box, **values)) == 2
    assert await HOT.first(box=uuid4(), **values) is None


async def test_counts_and_updates_can_be_compiled(box: UUID) -> None:
    thing = await Thing.select(Thing.id).where(Thing.name == "thing 0").first()

    await MEND.run(id=thing["id"], broken=True)

    assert await COUNT.run(pattern="thing%") == [{"count": 6}]
    assert await Thing.count().where(Thing.broken.eq(True)) == 3


async def test_a_compiled_query_is_part_of_the_transaction(box: UUID) -> None:
    with pytest.raises(ValueError, match="no"):
        async with room.transaction():
            await Thing(box=box, name="thing 9", made_at=datetime.fromisoformat("2026-06-01T09:00+00:00")).save()
            inside = await COUNT.run(pattern="%9")
            raise ValueError("no")

    assert (inside, await COUNT.run(pattern="%9")) == ([{"count": 1}], [{"count": 0}])


async def test_a_wrong_name_is_told(box: UUID) -> None:
    with pytest.raises(TypeError, match=r"takes the values \['pattern'\], not \['name'\]"):
        await COUNT.run(name="x")


async def test_a_naive_moment_is_refused_here_too(box: UUID, now: datetime) -> None:
    with pytest.raises(room.NaiveInstant):
        await LAST.run(box=box, since=now.replace(tzinfo=None))


async def test_hand_written_sql_gives_the_same_types_on_both(box: UUID, now: datetime) -> None:
    assert await LAST.run(box=box, since=now) == [
        {
            "box": box,
            "last_at": now + timedelta(minutes=5, microseconds=5),
            "first_due": date(2026, 7, 1),
            "things": 6,
            "time": "10:30",
        }
    ]


async def test_sql_for_one_use_takes_values_in_braces(box: UUID) -> None:
    rows = await room.fetch("SELECT name FROM test_thing WHERE colour = {} AND box = {} ORDER BY name", Colour.RED, box)

    assert [row["name"] for row in rows] == ["thing 0", "thing 2", "thing 4"]


FOR_JSON = room.compiled_sql(
    "SELECT as_json(t.id, id) AS id, as_json(t.made_at, instant) AS made_at FROM test_thing t"
    " WHERE t.box = :box ORDER BY t.name"
)


async def test_ids_and_instants_for_json_read_alike_on_both_databases(box: UUID) -> None:
    rows = await FOR_JSON.run(box=box)

    read = msgspec.json.decode(msgspec.json.encode(rows), type=list[Made])
    stored = await Thing.select(Thing.id, Thing.made_at).where(Thing.box == box).order_by(Thing.name)
    assert [(each.id, each.made_at) for each in read] == [(row["id"], row["made_at"]) for row in stored]
    assert all(each["made_at"].endswith("Z") for each in msgspec.json.decode(msgspec.json.encode(rows)))


class Made(msgspec.Struct):
    id: UUID
    made_at: Annotated[datetime, msgspec.Meta(tz=True)]
