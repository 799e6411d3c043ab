"""Coaching of the year: coaches with their patterns, sessions of the past, and what waits for somebody now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from academy.audit.service import Actor
from academy.demo.coaches import COACHES, RULES
from academy.demo.people import AMARA, COACH, FFION, HELEN, PARTICIPANT
from academy.demo.plan import ONE, Days, Plan
from academy.demo.stories import Run, Step, World
from academy.demo.year import RUNNING_COHORT, TO_CLOSE_COHORT
from academy.invites.times import UK, local_to_utc
from cohorts.coaching import jobs
from cohorts.coaching.bookings import queries as sessions
from cohorts.coaching.bookings import service as bookings
from cohorts.coaching.bookings import slots
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.bookings.tables import SessionKind, SessionStatus
from cohorts.coaching.credits import queries as credit_queries
from cohorts.coaching.credits import service as credits
from cohorts.coaching.record import circle
from cohorts.coaching.record import service as record
from cohorts.coaching.record.goals import NewGoal
from cohorts.coaching.times import service as times
from cohorts.coaching.times.rules import CoachProfile, DayException
from cohorts.coaching.times.tables import ExceptionKind
from cohorts.enrolment import queries as enrolment_queries
from cohorts.enrolment.queries import Entry

HOUR = timedelta(hours=1)
DELIVERED = 56
"""Sessions held in the last twelve months, at full scale."""

ACTIONS = (
    "Ask the team what they would stop doing",
    "Write the board paper on one page",
    "Say no to the second working group",
    "Talk to my manager about the acting-up",
    "Keep Friday mornings free of meetings for a month",
)


class Coaching:
    """The steps of the year's coaching."""

    def __init__(self, world: World, days: Days, plans: Sequence[Plan], *, scale: float) -> None:
        self.world, self.days, self.now, self.full = world, days, days.now, scale > 0.5
        self.by = world.coordinator
        self.plans = [plan for plan in plans if plan.programme in RULES]
        self.coaches: dict[str, UUID] = {}
        self.booked: dict[str, UUID] = {}

    def steps(self) -> Iterator[Step]:
        """All of them; those that would lie in the future are left out."""
        yield from (step for step in self._all() if step.at < self.now)

    def _all(self) -> Iterator[Step]:
        yield Step(self.now - 395 * ONE, self._rules)
        yield Step(self.now - 394 * ONE, self._coaches)
        yield from self._year()
        yield from self._mishaps()
        yield from self._priya()
        yield from self._now()

    # ------------------------------------------------------------ the ground
    async def _rules(self, now: datetime) -> None:
        for name, choices in RULES.items():
            await credits.set_rules(self.world.programmes[name], choices, version=0, actor=self.by, now=now)

    async def _coaches(self, now: datetime) -> None:
        for address, about in COACHES.items():
            person = self.world.people[address]
            for name in about.programmes:
                coach = await times.make_coach(person, programme=self.world.programmes[name], actor=self.by, now=now)
            me = self._actor(address)
            await times.change_coach(coach, about.rules, version=1, actor=me, now=now)
            profile = CoachProfile(headline=about.headline, profile=about.profile)
            await times.change_coach(coach, profile, version=2, actor=me, now=now)
            await times.set_weekly(coach, about.week, actor=me, now=now)
            self.coaches[address] = coach

    # -------------------------------------------------------------- the year
    def _year(self) -> Iterator[Step]:
        """The sessions that were held: six for each cohort of the past, fewer for those that have just begun."""
        past = [plan for plan in self.plans if plan.first < self.now - 30 * ONE]
        recent = [plan for plan in past if plan.first > self.now - 60 * ONE]
        older = [plan for plan in past if plan not in recent]
        quota = {plan.code: (6 if self.full else 2) for plan in older}
        left = DELIVERED - 1 - sum(quota.values()) if self.full else len(recent)  # one is Priya's
        for number, plan in enumerate(recent):
            quota[plan.code] = left // len(recent) + (number < left % len(recent))
        for at, plan in enumerate([*older, *recent]):
            coaches = self._of(plan)
            for number in range(quota[plan.code]):
                person, again = (number // 2, number % 2) if plan in older else (number + 1, 0)
                begins = plan.meetings[0].day + (10 + again * 24 + person * 2) * ONE
                yield from self._held(plan, person, coaches[(at + person) % len(coaches) :] + coaches, begins, number)

    def _held(self, plan: Plan, person: int, coaches: Sequence[str], begins: date, number: int) -> Iterator[Step]:
        key = f"{plan.code}:{person}:{begins}"
        yield Step(self._at(begins - 7 * ONE, number), self._book(key, plan.code, person, coaches, begins, 10))
        yield Step(
            self._at(begins + 11 * ONE, number), self._mark(key, SessionStatus.COMPLETED, number), "coaching session"
        )

    def _mishaps(self) -> Iterator[Step]:
        """Not everything went well."""
        older = [plan for plan in self.plans if plan.first < self.now - 60 * ONE]
        for number, plan in enumerate(older[:5]):
            begins = plan.meetings[0].day + 12 * ONE
            key = f"mishap:{number}"
            ends = (
                self._mark(key, SessionStatus.NO_SHOW_COACHEE),
                self._late(key),
                self._mark(key, SessionStatus.NO_SHOW_COACH),
                self._mark(key, SessionStatus.NO_SHOW_COACHEE),
                self._called_off(key),
            )
            yield Step(
                self._at(begins - 6 * ONE, number),
                self._book(key, plan.code, -1 - number % 2, self._of(plan), begins, 12),
            )
            yield Step(self._at(begins + 14 * ONE, number), ends[number])

    # ----------------------------------------------------- Priya and her coach
    def _priya(self) -> Iterator[Step]:
        today, plan = self.days.today, RUNNING_COHORT
        yield Step(
            self._at(today - 36 * ONE),
            self._book(
                "call:1", plan, PARTICIPANT, [AMARA], today - 33 * ONE, 8, kind=SessionKind.CHEMISTRY, minutes=30
            ),
        )
        yield Step(self._at(today - 36 * ONE, 2), self._yes("call:1"))
        yield Step(
            self._at(today - 36 * ONE, 3),
            self._book(
                "call:2", plan, PARTICIPANT, [COACH], today - 34 * ONE, 8, kind=SessionKind.CHEMISTRY, minutes=30
            ),
        )
        yield Step(self._at(today - 25 * ONE), self._mark("call:1", SessionStatus.COMPLETED))
        yield Step(self._at(today - 25 * ONE, 1), self._mark("call:2", SessionStatus.COMPLETED))
        yield Step(self._at(today - 24 * ONE), self._book("first", plan, PARTICIPANT, [COACH], today - 21 * ONE, 10))
        yield Step(self._at(today - 23 * ONE), self._goals)
        yield Step(self._at(today - 10 * ONE), self._first_session)
        yield Step(
            self.now - 2 * ONE,
            self._book(
                "next", plan, PARTICIPANT, [COACH], today + 4 * ONE, 12,
                note="My proposal goes to the leadership team next month. I would like to rehearse.",
            ),
        )  # fmt: skip

    async def _goals(self, now: datetime) -> None:
        entry = await self._entry(RUNNING_COHORT, PARTICIPANT)
        assert entry is not None
        enrolment = entry.enrolment
        goals = [
            NewGoal(text="Speak first in the leadership team once a month", measure="My manager notices"),
            NewGoal(text="Hand over two of my five projects", measure="Done by the follow-up day"),
        ]
        me, coach = self._actor(PARTICIPANT), self._actor(COACH)
        await record.set_goals(enrolment, goals, actor=me, now=now)
        seal = (await circle.goals(enrolment)).seal
        await record.agree(enrolment, seal=seal, actor=coach, now=now + 5 * HOUR)

    async def _first_session(self, now: datetime) -> None:
        await self._mark("first", SessionStatus.COMPLETED)(now)
        if (session := self.booked.get("first")) is None:
            return
        me, coach = self.world.people[PARTICIPANT], self.world.people[COACH]
        first = await record.add_action(session, ACTIONS[0], author=coach, due_on=self.days.today, now=now)
        await record.add_action(
            session, ACTIONS[1], author=me, due_on=self.days.working(self.days.today + 12 * ONE), now=now
        )
        await record.done(session, first, by=me, now=now + 3 * ONE)
        await record.write_note(session, "I talk myself out of it before anybody else does.", author=me, now=now + HOUR)
        await record.write_note(
            session, "Strong on content, hesitates on standing. Ask about the meeting in March.", author=coach, now=now
        )

    # ------------------------------------------------------------------- now
    def _now(self) -> Iterator[Step]:
        today, running, closing = self.days.today, RUNNING_COHORT, TO_CLOSE_COHORT
        yield Step(self.now - 9 * ONE, self._helen_is_away)
        yield Step(self.now - 8 * ONE, self._book("unmarked", running, 4, [COACH, FFION], today - 5 * ONE, 3))
        yield Step(self.now - 6 * ONE, self._book("soon", running, 5, [COACH, FFION], today + ONE, 3))
        yield Step(self.now - 5 * ONE, self._book("week", closing, 5, [COACH], today + 5 * ONE, 10))
        yield Step(self.now - 4 * ONE, self._book("later", closing, 6, [COACH], today + 6 * ONE, 14))
        yield Step(self.now - 30 * HOUR, self._book("asked", running, 6, [AMARA], today + 4 * ONE, 12))
        yield Step(self.now - 28 * HOUR, self._wish)
        yield Step(self.now - 26 * HOUR, _grants)

    async def _helen_is_away(self, now: datetime) -> None:
        leave = DayException(
            kind=ExceptionKind.LEAVE, from_on=self.days.today + 3 * ONE, to_on=self.days.today + 16 * ONE
        )
        note = "Walking in the Cairngorms"
        await times.add_exception(self.coaches[HELEN], leave, note=note, actor=self._actor(HELEN), now=now)

    async def _wish(self, now: datetime) -> None:
        """A coachee asks for another time after the cut-off, if their session is soon enough."""
        session = self.booked.get("soon")
        if session is None:
            return
        known = await sessions.any_session(session)
        free = await slots.free(
            [known.coach], minutes=known.length, since=known.starts_at + ONE, until=known.starts_at + 12 * ONE, now=now,
            but=session, coachee=known.coachee,
        )  # fmt: skip
        late = max(now, known.starts_at - 71 * HOUR)
        if free.get(known.coach) and late < min(known.starts_at, self.now):
            note = "I have to stand in for my manager that morning."
            me = self._actor(next(a for a, p in self.world.people.items() if p == known.coachee))
            await bookings.move(
                session,
                starts_at=free[known.coach][0],
                note=note,
                despite_clash=True,
                by=Party.COACHEE,
                actor=me,
                now=late,
            )

    # ----------------------------------------------------------------- parts
    def _book(
        self, key: str, code: str, who: int | str, coaches: Sequence[str], begins: date, days: int,
        *, kind: SessionKind = SessionKind.COACHING, minutes: int = 60, note: str = "",
    ) -> Run:  # fmt: skip
        """Book the first free time of the first coach who has one, from a day on."""

        async def run(now: datetime) -> None:
            if (entry := await self._entry(code, who)) is None:
                return
            since = max(now, local_to_utc(begins, time(0), UK))
            chosen = await credit_queries.choice(entry.enrolment)
            for coach in [chosen] if chosen else [self.coaches[address] for address in coaches]:
                found = await slots.free(
                    [coach], minutes=minutes, since=since, until=since + days * ONE, now=now, coachee=entry.person
                )
                if not (free := found.get(coach, [])):
                    continue
                self.booked[key] = await bookings.book(
                    entry.enrolment, coach, starts_at=free[len(key) % min(3, len(free))], minutes=minutes, kind=kind,
                    note=note, despite_clash=True, by=Party.COACHEE, actor=self._actor(entry.address), now=now,
                )  # fmt: skip
                return

        return run

    def _yes(self, key: str) -> Run:
        async def run(now: datetime) -> None:
            if key in self.booked:
                known = await sessions.any_session(self.booked[key])
                if known.status is SessionStatus.REQUESTED:
                    coach = self._coach_of(known.coach)
                    await bookings.answer_booking(known.id, yes=True, despite_clash=True, actor=coach, now=now)

        return run

    def _mark(self, key: str, status: SessionStatus, number: int = 0) -> Run:
        """The coach says how it was, half an hour afterwards."""

        async def run(now: datetime) -> int:
            if key not in self.booked:
                return 0
            known = await sessions.any_session(self.booked[key])
            coach, at = self._coach_of(known.coach), known.ends_at + HOUR / 2
            if known.status is SessionStatus.REQUESTED:
                then = known.starts_at - 30 * HOUR
                await bookings.answer_booking(known.id, yes=True, despite_clash=True, actor=coach, now=then)
            minutes = known.length - 5 * (number % 3) if status is SessionStatus.COMPLETED else None
            await bookings.mark(known.id, status, minutes=minutes, actor=coach, now=at)
            if status is SessionStatus.COMPLETED and number % 3 == 1:
                await record.add_action(
                    known.id, ACTIONS[number % len(ACTIONS)], author=known.coachee, due_on=None, now=at
                )
            return status is SessionStatus.COMPLETED

        return run

    def _late(self, key: str) -> Run:
        """Cancelled on the day, by the rule at the price of a credit, which the coordinator gives back."""

        async def run(now: datetime) -> None:
            await self._yes(key)(now - 10 * ONE)
            if key not in self.booked:
                return
            known = await sessions.any_session(self.booked[key])
            me = next(a for a, p in self.world.people.items() if p == known.coachee)
            at = known.starts_at - 4 * HOUR
            reason = "My child is ill."
            await bookings.cancel(known.id, reason=reason, by=Party.COACHEE, actor=self._actor(me), now=at)
            await bookings.waive(
                known.id, reason="Caring for a child, told us at once", actor=self.by, now=at + 30 * HOUR
            )

        return run

    def _called_off(self, key: str) -> Run:
        async def run(now: datetime) -> None:
            if key in self.booked:
                known = await sessions.any_session(self.booked[key])
                at, by = known.starts_at - 40 * HOUR, self._coach_of(known.coach)
                await bookings.cancel(known.id, reason="I am ill. I am sorry.", by=Party.COACH, actor=by, now=at)

        return run

    async def _entry(self, code: str, who: int | str) -> Entry | None:
        """Somebody of a cohort: by address, or by number among the others; a small academy may have nobody."""
        found = sorted(await enrolment_queries.expected(self.world.cohorts[code].id), key=lambda entry: entry.address)
        if isinstance(who, str):
            return next((entry for entry in found if entry.address == who), None)
        others = [entry for entry in found if entry.address != PARTICIPANT]
        return others[who % len(others)] if others else None

    def _of(self, plan: Plan) -> list[str]:
        return [address for address, about in COACHES.items() if plan.programme in about.programmes]

    def _actor(self, address: str) -> Actor:
        return self.world.actor(self.world.cast[address])

    def _coach_of(self, coach: UUID) -> Actor:
        return self._actor(next(address for address, id in self.coaches.items() if id == coach))

    def _at(self, day: date, number: int = 0) -> datetime:
        return local_to_utc(self.days.working(day), time(10, 20 + 3 * (number % 12)), UK)


async def _grants(now: datetime) -> None:
    """What the minute job does: everybody who has come has their credits."""
    await jobs.grant(now)
    await jobs.expire(now)
