"""A cohort with people in it, for the tests of registers, completion and certificates."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from academy.audit.service import ACADEMY
from academy.programmes.tables import Programme
from cohorts.attendance import queries as attendance
from cohorts.attendance import service as registers
from cohorts.attendance.rules import MarkGiven
from cohorts.attendance.tables import Mark
from cohorts.completion.service import Closed, close_cohort
from cohorts.schedule.tables import Cohort, CohortSession
from tests.support.makers import a_cohort, a_person, a_programme, an_enrolment

MADE = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
FIRST = datetime(2026, 6, 24, 8, 30, tzinfo=UTC)
"""The first session starts: Wednesday 24 June, 9:30am in London. Each lasts three hours, one a day."""
OVER = FIRST + timedelta(days=7)
ORGANISATION = "Example Society of Digital Leaders"

P, A, E = MarkGiven(Mark.PRESENT), MarkGiven(Mark.ABSENT), MarkGiven(Mark.ABSENT_EXCUSED)


class Course(msgspec.Struct):
    """A published cohort; enrolments and people by first name."""

    cohort: UUID
    code: str
    sessions: list[UUID]
    enrolments: dict[str, UUID]
    people: dict[str, UUID]

    async def take(self, day: int, *, at: datetime = OVER, **marks: MarkGiven) -> registers.Saved:
        """Take the register of day 1, 2 … for people by first name."""
        given = {self.enrolments[name]: mark for name, mark in marks.items()}
        return await registers.mark(self.sessions[day - 1], given, actor=ACADEMY, now=at)

    async def close(self, *, at: datetime = OVER) -> Closed:
        return await close_cohort(self.cohort, organisation=ORGANISATION, actor=ACADEMY, now=at)

    async def marks(self, day: int) -> dict[str, tuple[str, int]]:
        """Mark and minutes by first name."""
        register = await attendance.register(self.sessions[day - 1])
        assert register is not None
        return {line.name.split()[0]: (line.mark.value, line.minutes) for line in register.lines}


async def a_course(
    *names: str,
    sessions: int = 2,
    needed: int | None = None,
    compulsory: tuple[int, ...] = (),
    cpd_minutes: int = 300,
    **details: Any,
) -> Course:
    """A course with these people; ``compulsory`` are numbers of days. Its sessions are over at ``OVER``."""
    programme = await a_programme(name="Top Talent", now=MADE)
    await Programme.update({Programme.sessions_needed: needed, Programme.cpd_minutes: cpd_minutes}).where(
        Programme.id == programme
    )
    cohort = await a_cohort(programme=programme, sessions=sessions, starts_at=FIRST, now=MADE, **details)
    rows = await CohortSession.select(CohortSession.id, CohortSession.title).where(CohortSession.cohort == cohort)
    ids = [row["id"] for row in sorted(rows, key=lambda row: int(row["title"].split()[-1]))]
    for day in compulsory:
        await CohortSession.update({CohortSession.compulsory: True}).where(CohortSession.id == ids[day - 1])
    people, enrolments = {}, {}
    for name in names:
        people[name] = await a_person(name=f"{name} Example", now=MADE)
        enrolments[name] = (await an_enrolment(cohort=cohort, person=people[name], now=MADE)).enrolment
    (row,) = await Cohort.select(Cohort.code).where(Cohort.id == cohort)
    return Course(cohort, row["code"], ids, enrolments, people)
