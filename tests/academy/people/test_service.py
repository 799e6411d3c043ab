import asyncio
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from academy import database as room
from academy.errors import NotFound
from academy.people import queries, service
from academy.people.rules import NotAnAddress, NotAName
from academy.people.service import NewPerson
from academy.people.tables import EmailAddress, Employment, Person
from tests.support.makers import a_person, an_organisation

DAY = date(2026, 6, 1)


async def test_the_same_address_in_any_spelling_is_the_same_person(database: room.Engine, now: datetime) -> None:
    first = await service.find_or_create(name="Ana Lee", address="Ana.Lee@Council.example", now=now)

    again = await service.find_or_create(name="Somebody Else", address=" ana.lee@council.EXAMPLE", now=now)

    assert again == first
    assert (await queries.contact(first)) == queries.Contact(
        first, "Ana Lee", "Ana.Lee@council.example", "Europe/London"
    )
    assert await service.find("ANA.LEE@council.example") == first
    assert await service.find("ana.lee+x@council.example") is None


async def test_whoever_is_found_is_verified_when_they_are_known_to_be(database: room.Engine, now: datetime) -> None:
    person = await service.find_or_create(name="Ana", address="ana@council.example", now=now)
    assert (await queries.details(person)).addresses[0].verified_at is None

    await service.find_or_create(name="Ana", address="ana@council.example", now=now, verified=True)
    await service.find_or_create(name="Ana", address="ana@council.example", now=now + timedelta(days=1), verified=True)

    assert (await queries.details(person)).addresses[0].verified_at == now


async def test_twenty_at_one_instant_make_one_person(database: room.Engine, now: datetime) -> None:
    made = await asyncio.gather(
        *(service.find_or_create(name=f"Ana {n}", address="ana@council.example", now=now) for n in range(20))
    )

    assert len(set(made)) == 1
    assert (await Person.count(), await EmailAddress.count()) == (1, 1)


@pytest.mark.parametrize(
    ("name", "address", "error"),
    [
        ("Ana\r\nBcc: x@y.uk", "ana@council.example", NotAName),
        ("Ana", "ana@council.example\nBcc: x@y.uk", NotAnAddress),
        ("A" * 1_000_000, "ana@council.example", NotAName),
    ],
)
async def test_what_cannot_be_a_person_leaves_nothing(
    database: room.Engine, now: datetime, name: str, address: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await service.find_or_create(name=name, address=address, now=now)

    assert (await Person.count(), await EmailAddress.count()) == (0, 0)


async def test_control_without_the_rule_a_header_would_stand_in_a_name(
    database: room.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "check_name", lambda name: name)

    person = await service.find_or_create(name="Ana\r\nBcc: x@y.uk", address="ana@council.example", now=now)

    assert (await queries.contact(person)).name == "Ana\r\nBcc: x@y.uk"


async def test_many_are_found_or_made_in_the_order_asked_for(database: room.Engine, now: datetime) -> None:
    known = await service.find_or_create(name="Ana", address="ana@council.example", now=now)
    employer = await an_organisation(now=now)
    wanted = [
        NewPerson(name="Bob", address="bob@council.example", organisation=employer, job_title="Officer"),
        NewPerson(name="Not Ana", address="ANA@council.example"),
        NewPerson(name="Bob Again", address="Bob@council.example"),
        *(NewPerson(name=f"Person {n}", address=f"p{n}@council.example") for n in range(1200)),
    ]

    found = await service.find_or_create_many(wanted, now)
    again = await service.find_or_create_many(wanted, now)

    assert found == again
    assert found[1] == known
    assert found[2] == found[0]
    assert len(set(found)) == 1202
    assert await Person.count() == 1202
    assert (await queries.contact(found[-1])).name == "Person 1199"
    assert {key: job.name for key, job in (await queries.jobs(found)).items()} == {found[0]: "Exampleshire Council"}
    assert set(await queries.contacts(found)) == set(found)


async def test_one_wrong_among_many_leaves_none(database: room.Engine, now: datetime) -> None:
    with pytest.raises(NotAName):
        await service.find_or_create_many(
            [NewPerson(name="Bob", address="bob@council.example"), NewPerson(name="", address="x@council.example")], now
        )

    assert await Person.count() == 0


async def test_a_new_employer_ends_the_former_one_and_keeps_it(database: room.Engine, now: datetime) -> None:
    person, council = await a_person(now=now), await an_organisation(now=now)
    await service.set_employment(person, organisation=council, organisation_name="", job_title="Officer", on=DAY)

    await service.set_employment(
        person, organisation=None, organisation_name="A charity", job_title="Director", on=date(2026, 9, 1)
    )

    assert [
        (job.name, job.job_title, job.from_on, job.to_on, job.region) for job in (await queries.details(person)).jobs
    ] == [
        ("A charity", "Director", date(2026, 9, 1), None, ""),
        ("Exampleshire Council", "Officer", DAY, date(2026, 9, 1), "South East"),
    ]


async def test_saying_the_same_again_changes_nothing(database: room.Engine, now: datetime) -> None:
    person = await a_person(now=now)
    said = {"organisation": None, "organisation_name": "A charity", "job_title": "Director"}

    assert await service.set_employment(person, **said, on=DAY) is True
    assert await service.set_employment(person, **said, on=date(2026, 7, 1)) is False
    assert await Employment.count() == 1


async def test_a_slip_put_right_on_its_day_is_no_history(database: room.Engine, now: datetime) -> None:
    person = await a_person(now=now)
    for name in ("A charty", "A charity"):
        await service.set_employment(person, organisation=None, organisation_name=name, job_title="", on=DAY)

    assert [job.name for job in (await queries.details(person)).jobs] == ["A charity"]


async def test_an_employer_that_does_not_exist_is_refused(database: room.Engine, now: datetime) -> None:
    with pytest.raises(NotFound):
        await service.set_employment(
            await a_person(now=now), organisation=uuid4(), organisation_name="", job_title="", on=DAY
        )


async def addresses(person: UUID) -> list[tuple[str, bool, bool]]:
    return [
        (each.address, each.primary, each.verified_at is not None) for each in (await queries.details(person)).addresses
    ]


async def test_another_address_becomes_the_main_one_and_the_old_one_stays(database: room.Engine, now: datetime) -> None:
    person = await a_person(address="ana@old.example", now=now)

    await service.add_address(person, address="ana@new.example", now=now, verified=True, primary=True)

    assert await addresses(person) == [("ana@new.example", True, True), ("ana@old.example", False, True)]
    assert await service.find("ana@old.example") == person


async def test_an_address_belongs_to_one_person(database: room.Engine, now: datetime) -> None:
    await a_person(name="Ana", address="ana@council.example", now=now)
    bob = await a_person(name="Bob", address="bob@council.example", now=now)

    with pytest.raises(service.AddressTaken):
        await service.add_address(bob, address="ANA@council.example", now=now)

    assert await addresses(bob) == [("bob@council.example", True, True)]


async def test_the_address_that_mail_goes_to_cannot_be_removed(database: room.Engine, now: datetime) -> None:
    person = await a_person(address="ana@old.example", now=now)
    old = (await queries.details(person)).addresses[0].id
    with pytest.raises(service.OnlyAddress):
        await service.remove_address(person, address=old)

    await service.add_address(person, address="ana@new.example", now=now, primary=True)
    await service.remove_address(person, address=old)

    assert await addresses(person) == [("ana@new.example", True, False)]


async def test_nobody_changes_another_persons_address(database: room.Engine, now: datetime) -> None:
    ana = await a_person(name="Ana", now=now)
    bob = await a_person(name="Bob", now=now)
    of_ana = (await queries.details(ana)).addresses[0].id

    for attempt in (service.make_primary, service.remove_address):
        with pytest.raises(NotFound):
            await attempt(bob, address=of_ana)

    assert [primary for _, primary, _ in await addresses(ana)] == [True]


async def test_a_bounce_is_noted_until_mail_goes_there_again(database: room.Engine, now: datetime) -> None:
    person = await a_person(address="ana@council.example", now=now)

    await service.note_bounce("ANA@council.example", reason="550 no such user " + "x" * 400, now=now)

    (noted,) = (await queries.details(person)).addresses
    assert (noted.bounced_at, len(noted.bounce_reason)) == (now, 300)
    await service.make_primary(person, address=noted.id)
    assert (await queries.details(person)).addresses[0].bounced_at is None
