"""Small records for tests, made by the same services as everybody's."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import msgspec

from academy import clock
from academy.accounts import service as accounts
from academy.accounts.tables import Role
from academy.audit.service import ACADEMY, Actor
from academy.people import organisations, service
from academy.people.organisations import NewOrganisation
from academy.people.tables import OrganisationKind
from academy.programmes import service as programmes
from academy.programmes.rules import ProgrammeDetails
from cohorts.coaching.bookings import service as bookings
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.credits import queries as coaching_credits
from cohorts.coaching.credits import service as credits
from cohorts.coaching.credits.rules import RuleChoices, Rules
from cohorts.coaching.times import queries as coaches
from cohorts.coaching.times import service as coaching_times
from cohorts.coaching.times.rules import CoachRules, Stretch, Week
from cohorts.enrolment import service as enrolments
from cohorts.enrolment.tables import Source
from cohorts.schedule import service as schedule
from cohorts.schedule.rules import CohortDetails, SessionDetails
from mentoring.matching.criteria import Criteria
from mentoring.profiles import service as profiles
from mentoring.profiles.answers import MenteeAnswers, MentorAnswers, Told
from mentoring.profiles.rules import RoundDetails
from mentoring.profiles.tables import ProfileSource, RoundStatus

_numbers = count(1)


async def a_person(*, name: str = "Ana Example", address: str = "", now: datetime | None = None) -> UUID:
    """Somebody with a verified address, their own unless one is given."""
    return await service.find_or_create(
        name=name, address=address or f"person{next(_numbers)}@council.example", now=now or clock.now(), verified=True
    )


async def a_coordinator(*, name: str = "Cora Coordinator", address: str = "", now: datetime | None = None) -> UUID:
    """Somebody who runs the academy."""
    now = now or clock.now()
    person = await a_person(name=name, address=address, now=now)
    await accounts.grant(person, Role.COORDINATOR, ACADEMY, now)
    return person


async def an_organisation(
    *,
    name: str = "Exampleshire Council",
    kind: OrganisationKind = OrganisationKind.LOCAL_AUTHORITY,
    nation: str = "England",
    region: str = "South East",
    code: str | None = None,
    now: datetime | None = None,
) -> UUID:
    """An employer."""
    new = NewOrganisation(name=name, kind=kind, nation=nation, region=region, code=code)
    return await organisations.create_organisation(new, now=now or clock.now())


async def a_programme(*, name: str = "Top Talent", now: datetime | None = None) -> UUID:
    """A published leadership programme."""
    now = now or clock.now()
    details = ProgrammeDetails(name=name, summary="For people who will lead.", description="Two days of practice.")
    made = await programmes.create_programme(details, actor=ACADEMY, now=now)
    await programmes.publish(made, actor=ACADEMY, now=now)
    return made


async def a_cohort(
    *,
    programme: UUID | None = None,
    sessions: int = 2,
    starts_at: datetime | None = None,
    published: bool = True,
    now: datetime | None = None,
    **details: Any,
) -> UUID:
    """A cohort whose sessions of three hours are a day apart, the first in 23 days at the time that it is now."""
    now = now or clock.now()
    number = next(_numbers)
    first = starts_at or now + timedelta(days=23)
    told: dict[str, Any] = {"name": "Top Talent, Essex", "code": f"tt-{number}", "venue": "County Hall", **details}
    planned = [
        SessionDetails(
            title=f"Day {each + 1}",
            starts_at=first + timedelta(days=each),
            ends_at=first + timedelta(days=each, hours=3),
        )
        for each in range(sessions)
    ]
    made = await schedule.create_cohort(
        programme or await a_programme(name=f"Top Talent {number}", now=now),
        CohortDetails(**told),
        sessions=planned,
        actor=ACADEMY,
        now=now,
    )
    if published:
        await schedule.publish(made, actor=ACADEMY, now=now)
    return made


async def an_enrolment(
    *, cohort: UUID | None = None, person: UUID | None = None, now: datetime | None = None
) -> enrolments.Registered:
    """Somebody whom a coordinator has added: enrolled, or on the waiting list if the cohort is full."""
    now = now or clock.now()
    return await enrolments.enrol_person(
        cohort or await a_cohort(now=now),
        person or await a_person(now=now),
        source=Source.COORDINATOR,
        actor=ACADEMY,
        now=now,
    )


def weekly(*hours: tuple[float, float], days: Iterable[int] = range(5)) -> Week:
    """A weekly pattern: these hours (9 to 12.5 is until half past twelve) on each of these weekdays, 0 is Monday."""
    told = tuple(Stretch(int(starts * 60), int(ends * 60)) for starts, ends in hours)
    on = set(days)
    return tuple(told if day in on else () for day in range(7))


async def a_coach(
    *,
    name: str = "Daniel Reid",
    person: UUID | None = None,
    programme: UUID | None = None,
    times: Week | None = None,
    now: datetime | None = None,
    **rules: Any,
) -> UUID:
    """A coach of a programme who works from 9:00am to noon and from 1:00pm to 5:00pm on weekdays, in London.

    ``rules`` are those of ``CoachRules``: ``buffer_minutes=0``, ``lengths=(30, 60)`` …
    """
    now = now or clock.now()
    made = await coaching_times.make_coach(
        person or await a_person(name=name, now=now),
        programme=programme or await a_programme(name=f"Top Talent {next(_numbers)}", now=now),
        actor=ACADEMY,
        now=now,
    )
    await coaching_times.set_weekly(made, weekly((9, 12), (13, 17)) if times is None else times, actor=ACADEMY, now=now)
    if rules:
        told = CoachRules(**{"link": "https://meet.example/room", **rules})
        version = (await coaches.coach(made)).version
        await coaching_times.change_coach(made, told, version=version, actor=ACADEMY, now=now)
    return made


async def coaching_rules(programme: UUID, *, now: datetime | None = None, **rules: Any) -> Rules:
    """Coaching in a programme: three credits, unless ``rules`` (of ``RuleChoices``) say otherwise."""
    before = await coaching_credits.rules_of(programme)
    version = before.version if before else 0
    return await credits.set_rules(
        programme, RuleChoices(**rules), version=version, actor=ACADEMY, now=now or clock.now()
    )


class Coaching(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody with a place in a programme with coaching, and a coach of it."""

    programme: UUID
    cohort: UUID
    enrolment: UUID
    person: UUID
    coach: UUID
    coach_person: UUID


async def coaching(
    *,
    programme: UUID | None = None,
    cohort: UUID | None = None,
    coach: UUID | None = None,
    person: UUID | None = None,
    name: str = "Priya Nair",
    now: datetime | None = None,
    **rules: Any,
) -> Coaching:
    """Somebody who can book: enrolled, with three credits unless ``rules`` say otherwise, and a coach of their own.

    Given a programme that has rules, its rules stay as they are.
    """
    now = now or clock.now()
    programme = programme or await a_programme(name=f"Top Talent {next(_numbers)}", now=now)
    if rules or await coaching_credits.rules_of(programme) is None:
        await coaching_rules(programme, now=now, **rules)
    cohort = cohort or await a_cohort(programme=programme, now=now)
    person = person or await a_person(name=name, now=now)
    enrolled = await an_enrolment(cohort=cohort, person=person, now=now)
    coach = coach or await a_coach(programme=programme, now=now)
    return Coaching(
        programme=programme,
        cohort=cohort,
        enrolment=enrolled.enrolment,
        person=person,
        coach=coach,
        coach_person=(await coaches.coach(coach)).person,
    )


async def a_booking(
    who: Coaching | None = None,
    *,
    days: int = 8,
    hour: int = 9,
    starts_at: datetime | None = None,
    minutes: int = 60,
    by: Party = Party.COACHEE,
    now: datetime | None = None,
    **told: Any,
) -> UUID:
    """A coaching session of an hour, in eight days at 09:00 UTC unless told otherwise. ``told`` goes to ``book``."""
    now = now or clock.now()
    who = who or await coaching(now=now)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return await bookings.book(
        told.pop("enrolment", who.enrolment),
        told.pop("coach", who.coach),
        starts_at=starts_at or midnight + timedelta(days=days, hours=hour),
        minutes=minutes,
        by=by,
        actor=told.pop("actor", Actor(who.person, "Priya Nair")),
        now=now,
        **told,
    )


async def a_round(
    *,
    slug: str = "",
    status: RoundStatus = RoundStatus.OPEN,
    criteria: Criteria | None = None,
    now: datetime | None = None,
    **details: Any,
) -> UUID:
    """A round of mentoring that is open for everybody's sign-up, or further on."""
    now = now or clock.now()
    told: dict[str, Any] = {
        "name": "Mentoring 2026",
        "slug": slug or f"mentoring-{next(_numbers)}",
        "summary": "A year with somebody who has been there.",
        "agreement": "What we say stays between us.",
        "starts_on": (now + timedelta(days=60)).date(),
        **details,
    }
    made = await profiles.create_round(RoundDetails(**told), criteria=criteria, actor=ACADEMY, now=now)
    way = [RoundStatus.DRAFT, RoundStatus.OPEN, RoundStatus.MATCHING, RoundStatus.RUNNING, RoundStatus.CLOSED]
    for each in way[1 : way.index(status) + 1]:
        await profiles.move_round(made, each, actor=ACADEMY, now=now)
    return made


async def a_mentor(
    *,
    round: UUID | None = None,
    person: UUID | None = None,
    name: str = "Mia Mentor",
    capacity: int = 1,
    choices: Sequence[UUID] | None = None,
    told: Sequence[Told] | None = None,
    now: datetime | None = None,
    **answers: Any,
) -> UUID:
    """A mentor of a round; the id is that of the profile."""
    now = now or clock.now()
    return await profiles.sign_up_mentor(
        round or await a_round(now=now),
        person or await a_person(name=name, now=now),
        MentorAnswers(**{"grade": 8, "region": "South East", "skills": ("confidence", "politics"), **answers}),
        capacity=capacity,
        choices=choices,
        told=told,
        source=ProfileSource.COORDINATOR,
        actor=ACADEMY,
        now=now,
    )


async def a_mentee(
    *,
    round: UUID | None = None,
    person: UUID | None = None,
    name: str = "Mo Mentee",
    choices: Sequence[UUID] | None = None,
    told: Sequence[Told] | None = None,
    now: datetime | None = None,
    **answers: Any,
) -> UUID:
    """A mentee of a round; the id is that of the profile."""
    now = now or clock.now()
    return await profiles.sign_up_mentee(
        round or await a_round(now=now),
        person or await a_person(name=name, now=now),
        MenteeAnswers(**{"grade": 4, "region": "South East", "skills_wanted": ("confidence",), **answers}),
        choices=choices,
        told=told,
        source=ProfileSource.COORDINATOR,
        actor=ACADEMY,
        now=now,
    )
