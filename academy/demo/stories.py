"""How one cohort goes, step by step at its own moments, through the same verbs as everybody's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

import msgspec

from academy.audit.service import Actor
from academy.database.transactions import Row
from academy.demo.people import Somebody
from academy.demo.plan import ONE, Days, Meeting, Plan, by_day
from academy.invites import service as invites
from academy.invites.tables import Reply
from academy.invites.times import UK, local_to_utc
from cohorts.attendance import service as attendance
from cohorts.attendance.rules import MarkGiven
from cohorts.attendance.tables import Mark
from cohorts.completion import service as completion
from cohorts.enrolment import queries as enrolment_queries
from cohorts.enrolment import service as enrolment
from cohorts.enrolment.tables import Source
from cohorts.schedule import queries as schedule_queries
from cohorts.schedule import service as schedule
from cohorts.schedule.rules import CohortDetails, SessionDetails

PAGE = Actor(None, "Registration page")
CALM = 5 * ONE
"""Crowds come before that long ago; what came later is told by name in ``recent``."""

WITHDRAWN = (
    "I have moved to another council.",
    "A clash with our budget meeting.",
    "My workload does not allow it this time.",
    "Caring responsibilities.",
)
WITHDRAWN_BY_COORDINATOR = ("They asked by phone.", "Their manager has asked for another date.")
EXCUSED = ("Unwell", "Called away to an incident", "Annual leave", "Train cancelled")

Run = Callable[[datetime], Awaitable[object]]


class Step(msgspec.Struct, frozen=True):
    """Something that happens at an instant."""

    at: datetime
    run: Run
    counts: str = ""
    """What to add up for the line that tells of it: what the step returns, or one."""


class Made(msgspec.Struct):
    """A cohort that exists by now."""

    id: UUID
    sessions: list[Row]


class World(msgspec.Struct):
    """What has been made so far, to be found by name, address or code."""

    organisation: str
    coordinator: Actor
    people: dict[str, UUID]
    cast: dict[str, Somebody]
    facilitators: list[Somebody]
    programmes: dict[str, UUID]
    sponsorships: dict[str, UUID]
    cohorts: dict[str, Made] = {}

    def actor(self, somebody: Somebody) -> Actor:
        return Actor(self.people[somebody.address], somebody.name)


class Story:
    """The steps of one cohort up to now."""

    def __init__(self, plan: Plan, world: World, days: Days, rng: Random) -> None:
        self.plan, self.world, self.days, self.rng = plan, world, days, rng
        first = plan.meetings[0].day
        announced = days.working(min(first - plan.announced * ONE, days.today - 16 * ONE))
        self.planned_at = local_to_utc(announced, time(10, 10), UK)
        self.published_at = local_to_utc(days.working(announced + ONE), time(9, 40), UK)
        self.crowds_until = min(plan.first - 2 * ONE, days.now - CALM)

    def steps(self) -> Iterator[Step]:
        """All of them; those that would lie in the future are left out."""
        for step in self._all():
            if step.at < self.days.now:
                yield step

    def _all(self) -> Iterator[Step]:
        plan = self.plan
        yield Step(self.planned_at, self._create, "cohort")
        if not plan.published:
            return
        yield Step(self.published_at, self._publish)
        yield from self._crowds()
        for number, meeting in enumerate(plan.meetings):
            if not plan.no_register:
                yield Step(meeting.ends_at + timedelta(minutes=35), self._register(number, meeting), "register")
        if not (plan.no_register or plan.never_closed):
            closing = self.days.working(plan.meetings[-1].day + 2 * ONE)
            yield Step(local_to_utc(closing, time(11, 5), UK), self._close, "certificate")

    # -------------------------------------------------------------- planning
    async def _create(self, now: datetime) -> None:
        plan, world = self.plan, self.world
        details = CohortDetails(
            name=plan.name,
            code=plan.code,
            region=plan.region,
            format=plan.format,
            venue=plan.venue,
            link=plan.link,
            capacity=plan.capacity,
            minimum=plan.minimum,
            reminder_days=plan.reminder_days,
            sponsorship=world.sponsorships.get(plan.programme),
        )
        sessions = [
            SessionDetails(
                title=each.title,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                compulsory=each.compulsory,
                place="" if each.link else None,
                link=each.link or None,
            )
            for each in plan.meetings
        ]
        made = await schedule.create_cohort(
            world.programmes[plan.programme], details, sessions=sessions, actor=world.coordinator, now=now
        )
        world.cohorts[plan.code] = Made(made, rows := await schedule_queries.sessions(made))
        leader = world.people[self.leader.address]
        for row in rows:
            await schedule.set_facilitators(row["id"], [leader], actor=world.coordinator, now=now)

    @property
    def leader(self) -> Somebody:
        return self.world.facilitators[self.plan.leader % len(self.world.facilitators)]

    async def _publish(self, now: datetime) -> None:
        await schedule.publish(self.world.cohorts[self.plan.code].id, actor=self.world.coordinator, now=now)

    # ------------------------------------------------------------ enrolments
    def _crowds(self) -> Iterator[Step]:
        """People register in waves; some withdraw again, and the next on the list get their places."""
        plan, people = self.plan, list(self.plan.people)
        if not people:
            return
        span = self.crowds_until - self.published_at
        each = -(-len(people) // plan.waves)
        at = self.published_at
        for number in range(plan.waves):
            wave = people[number * each : (number + 1) * each]
            if not wave:
                break
            at = self.published_at + span * ((number + 0.4) / (plan.waves + 0.4))
            yield Step(by_day(at), self._enrol(wave), "enrolment")
            if plan.replying:
                yield Step(by_day(at + min(2 * ONE, span / 10)), self._reply(wave))
        may_leave = [one for one in people[: plan.capacity] if one.address not in plan.always]
        for number, one in enumerate(self.rng.sample(may_leave, min(plan.withdrawing, len(may_leave)))):
            leaving = at + (self.crowds_until + ONE / 2 - at) * ((number + 1) / (plan.withdrawing + 1))
            yield Step(by_day(leaving), self._withdraw(one, by_themself=number % 2 == 0))

    def _enrol(self, wave: list[Somebody]) -> Run:
        async def run(now: datetime) -> int:
            by = self.world.coordinator if self.plan.imported else PAGE
            source = Source.IMPORT if self.plan.imported else Source.SELF
            ids = [self.world.people[one.address] for one in wave]
            await enrolment.enrol_many(self.world.cohorts[self.plan.code].id, ids, source=source, actor=by, now=now)
            return len(ids)

        return run

    def _withdraw(self, one: Somebody, *, by_themself: bool) -> Run:
        reason = self.rng.choice(WITHDRAWN if by_themself else WITHDRAWN_BY_COORDINATOR)

        async def run(now: datetime) -> None:
            cohort = self.world.cohorts[self.plan.code].id
            found = {entry.address: entry for entry in await enrolment_queries.roster(cohort)}
            by = self.world.actor(one) if by_themself else self.world.coordinator
            await enrolment.withdraw(found[one.address].enrolment, reason=reason, actor=by, now=now)

        return run

    def _reply(self, wave: list[Somebody]) -> Run:
        answers = [
            (one, self.rng.choices((Reply.ACCEPTED, Reply.TENTATIVE, Reply.DECLINED), (84, 8, 8))[0])
            for one in wave
            if self.rng.random() < self.plan.replying and one.address not in self.plan.always
        ]

        async def run(now: datetime) -> None:
            made = self.world.cohorts[self.plan.code]
            enrolled = {entry.person for entry in await enrolment_queries.expected(made.id)}
            for row in [each for each in made.sessions if each["ends_at"] > now][:3]:
                for one, answer in answers:
                    if (person := self.world.people[one.address]) in enrolled:
                        await invites.reply(row["event"], person, answer, now=now)

        return run

    # ------------------------------------------------- registers and closing
    def _register(self, number: int, meeting: Meeting) -> Run:
        async def run(now: datetime) -> None:
            made = self.world.cohorts[self.plan.code]
            everybody = await enrolment_queries.expected(made.id)
            rng = Random(f"{self.plan.code}:{number}")  # noqa: S311 - not a secret
            marks = {
                entry.enrolment: self._mark(rng, entry.address, meeting)
                for entry in sorted(everybody, key=lambda entry: entry.address)
            }
            await attendance.mark(
                made.sessions[number]["id"], marks, actor=self.world.actor(self.leader), now=now, coordinator=False
            )

        return run

    def _mark(self, rng: Random, address: str, meeting: Meeting) -> MarkGiven:
        luck, minutes = rng.random(), int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)
        if address in self.plan.always or luck < self.plan.came * 0.93:
            return MarkGiven(Mark.PRESENT)
        if luck < self.plan.came * 0.98:
            return MarkGiven(Mark.LATE, minutes - rng.choice((10, 15, 20)))
        if luck < self.plan.came:
            return MarkGiven(Mark.PARTIAL, minutes // 2)
        if luck < self.plan.came + (1 - self.plan.came) / 2:
            return MarkGiven(Mark.ABSENT_EXCUSED, note=rng.choice(EXCUSED))
        return MarkGiven(Mark.ABSENT)

    async def _close(self, now: datetime) -> int:
        closed = await completion.close_cohort(
            self.world.cohorts[self.plan.code].id,
            organisation=self.world.organisation,
            actor=self.world.coordinator,
            now=now,
        )
        return closed.issued
