"""An enrolment keeps where somebody worked when they joined."""

from datetime import date

from academy.audit.service import ACADEMY
from academy.people import service as people
from cohorts.enrolment import queries, service
from cohorts.enrolment.tables import Source
from tests.support.makers import a_cohort, a_person, an_organisation


async def test_people_who_are_known_join_with_their_employer(database, now):
    council = await an_organisation(name="Exampleshire Council", now=now)
    cohort = await a_cohort(now=now)
    listed, typed, none = [await a_person(name=name, now=now) for name in ("Ana One", "Bo Two", "Cy Three")]
    await people.set_employment(listed, organisation=council, organisation_name="", job_title="CIO", on=now.date())
    await people.set_employment(typed, organisation=None, organisation_name="Tiny Parish", job_title="", on=now.date())

    await service.enrol_many(cohort, [listed, typed], source=Source.IMPORT, actor=ACADEMY, now=now)
    await service.enrol_person(cohort, none, source=Source.COORDINATOR, actor=ACADEMY, now=now)

    found = {entry.name: entry.organisation for entry in await queries.roster(cohort)}
    assert found == {"Ana One": "Exampleshire Council", "Bo Two": "Tiny Parish", "Cy Three": ""}


async def test_an_enrolment_keeps_the_employer_of_its_day(database, now):
    cohort = await a_cohort(now=now)
    person = await a_person(now=now)
    former, later = "Former Council", "Later Council"
    await people.set_employment(person, organisation=None, organisation_name=former, job_title="", on=date(2026, 1, 1))

    await service.enrol_person(cohort, person, source=Source.API, actor=ACADEMY, now=now)
    await people.set_employment(person, organisation=None, organisation_name=later, job_title="", on=now.date())

    assert [entry.organisation for entry in await queries.roster(cohort)] == [former]


async def test_what_is_said_of_the_employer_goes_before_what_is_known(database, now):
    cohort = await a_cohort(now=now)
    person = await a_person(now=now)
    await people.set_employment(person, organisation=None, organisation_name="Known", job_title="", on=now.date())

    await service.enrol_person(
        cohort, person, source=Source.COORDINATOR, actor=ACADEMY, now=now, organisation_name="Said"
    )

    assert [entry.organisation for entry in await queries.roster(cohort)] == ["Said"]
