"""What happened in the last days, told one by one: so that every page of the product has something to decide on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from academy.demo import year
from academy.demo.people import COLLEAGUE, PARTICIPANT
from academy.demo.plan import ONE, Days, Meeting, Plan, by_day
from academy.demo.stories import Run, Step, World
from academy.invites import service as invites
from academy.invites.tables import Reply
from cohorts.attendance import queries as attendance_queries
from cohorts.attendance import service as attendance
from cohorts.attendance.rules import MarkGiven
from cohorts.attendance.tables import Mark
from cohorts.enrolment import queries as enrolment_queries
from cohorts.enrolment import service as enrolment
from cohorts.enrolment.tables import Source
from cohorts.schedule import service as schedule
from cohorts.schedule.rules import SessionDetails

HOUR = timedelta(hours=1)
MISSPELT = ("Chloe Hartley", "chloe.hartley@colchster.example")
"""An address that no server takes: a letter is missing."""
ABROAD = "anneke.devries@vdg.example"
UNCONFIRMED = ("Merryn Polglase", "merryn.polglase@thurrock.example", "Thurrock Council")
EXPIRED = ("Huw Bevan", "huw.bevan@powys.example", "Powys County Council")
STRANGERS: tuple[tuple[str, str, str, str], ...] = (
    (year.OPEN_COHORT, "Shanice Brathwaite", "shanice.brathwaite@basildon.example", "Basildon Borough Council"),
    (year.OPEN_COHORT, "Łukasz Wójcik", "lukasz.wojcik@harlow.example", "Harlow District Council"),
    (year.OPEN_WEBINAR, "Eilidh MacAskill", "eilidh.macaskill@lochside.example", "Lochside Community Trust"),
    (year.OPEN_WEBINAR, "Jaspreet Dhaliwal", "jaspreet.dhaliwal@slough.example", "Slough Borough Council"),
    (year.FULL_COHORT, "Obinna Nwosu", "obinna.nwosu@croydon.example", "Croydon Borough Council"),
    ("empowering-women-york", "Siân Llewellyn", "sian.llewellyn@gwynedd.example", "Gwynedd Council"),
)
"""People who registered on the public page and confirmed by the mailed link."""


class Recent:
    """The steps of the last days."""

    def __init__(self, world: World, days: Days, plans: dict[str, Plan]) -> None:
        self.world, self.now, self.days, self.plans = world, days.now, days, plans
        self.by = world.coordinator

    def steps(self) -> Iterator[Step]:
        """All of them; those of former days by day."""
        yesterday = self.now - 1.2 * ONE
        for step in self._all():
            yield step if step.at > yesterday else msgspec.structs.replace(step, at=by_day(step.at))

    def _all(self) -> Iterator[Step]:
        now = self.now
        yield Step(now - 4 * ONE, self._cancel_cohort)
        yield Step(now - 3.5 * ONE, self._cancel_session)
        yield Step(now - 3.2 * ONE, self._move_session)
        yield Step(now - 3 * ONE, self._make_virtual)
        yield Step(now - 2 * ONE, self._answers_after_the_change)
        yield Step(now - 4.5 * ONE, self._themself(PARTICIPANT, year.FULL_COHORT), "enrolment")
        yield Step(now - 4.2 * ONE, self._themself(PARTICIPANT, year.OPEN_WEBINAR), "enrolment")
        yield Step(now - 4.1 * ONE, self._themself(ABROAD, year.OPEN_WEBINAR), "enrolment")
        yield Step(now - 4 * ONE + HOUR, self._register(*EXPIRED, year.OPEN_COHORT))
        for number, (code, name, address, organisation) in enumerate(STRANGERS):
            at = now - 3.5 * ONE + number * 16 * HOUR + 2 * HOUR  # the last one two hours ago
            yield Step(at, self._register(name, address, organisation, code, confirmed=True), "enrolment")
        yield Step(now - 1.5 * ONE, self._correct_register)
        yield Step(now - 1.2 * ONE, self._leave_and_return)
        yield Step(now - timedelta(minutes=50), self._register(*UNCONFIRMED, year.OPEN_COHORT), "enrolment")

    # ------------------------------------------------------ what coordinators did
    async def _cancel_cohort(self, now: datetime) -> None:
        reason = "Too few people could come on this date. We will offer the workshop online in the new season."
        await enrolment.cancel_cohort(self._id(year.CANCELLED_COHORT), reason=reason, actor=self.by, now=now)

    async def _cancel_session(self, now: datetime) -> None:
        row = self.world.cohorts[year.CANCELLED_SESSION_COHORT].sessions[2]
        reason = "Our speaker is unwell. Her part moves to the last session."
        await schedule.cancel_session(row["id"], reason, actor=self.by, now=now)

    async def _move_session(self, now: datetime) -> None:
        row = self.world.cohorts[year.MOVED_COHORT].sessions[3]
        was = self.plans[year.MOVED_COHORT].meetings[3]
        to = Meeting(title=was.title, day=self.days.working(was.day + 7 * ONE), begins=was.begins, ends=was.ends)
        details = SessionDetails(title=to.title, starts_at=to.starts_at, ends_at=to.ends_at)
        reason = "The town hall is needed for a by-election count."
        await schedule.change_session(row["id"], details, reason=reason, actor=self.by, now=now)

    async def _make_virtual(self, now: datetime) -> None:
        reason = "Several of you told us that you could not travel. Now everyone can come."
        link = "https://meet.example/alumni-gathering"
        await schedule.make_virtual(self._id(year.VIRTUAL_COHORT), link, reason, actor=self.by, now=now)

    async def _answers_after_the_change(self, now: datetime) -> None:
        made = self.world.cohorts[year.VIRTUAL_COHORT]
        expected = sorted(await enrolment_queries.expected(made.id), key=lambda entry: entry.address)
        for entry in expected[::3]:
            await invites.reply(made.sessions[0]["event"], entry.person, Reply.ACCEPTED, now=now)

    async def _correct_register(self, now: datetime) -> None:
        """After the certificates went out it turned out that somebody had left at lunch."""
        made = self.world.cohorts[year.CORRECTED_COHORT]
        row = made.sessions[0]
        register = await attendance_queries.register(row["id"])
        assert register is not None
        line = next(line for line in register.lines if line.mark is Mark.PRESENT)
        half = int((row["ends_at"] - row["starts_at"]).total_seconds() // 120)
        given = {line.enrolment: MarkGiven(Mark.PARTIAL, half, "Left at lunch, as they told us")}
        await attendance.mark(row["id"], given, actor=self.by, now=now)

    async def _leave_and_return(self, now: datetime) -> None:
        found = await enrolment_queries.expected(self._id(year.OPEN_COHORT))
        entry = max(found, key=lambda entry: entry.address)
        reason = "Could not get the time off."
        await enrolment.withdraw(entry.enrolment, reason=reason, actor=self.by, now=now)
        by = self.world.actor(self.world.cast[COLLEAGUE])
        reason = "Their manager has found cover."
        await enrolment.reinstate(entry.enrolment, reason=reason, actor=by, now=now + 2 * HOUR)

    async def misspelt(self, now: datetime) -> None:
        """A coordinator adds somebody by hand, with a slip in the address."""
        name, address = MISSPELT
        await enrolment.add_person(
            self._id(year.OPEN_COHORT),
            name=name,
            address=address,
            organisation=await enrolment_queries.organisation_named("Colchester"),
            organisation_name="Colchester Borough Council",
            actor=self.by,
            now=now,
        )

    # ------------------------------------------------------------ what people did
    def _themself(self, address: str, code: str) -> Run:
        async def run(now: datetime) -> None:
            person = self.world.people[address]
            by = self.world.actor(self.world.cast[address])
            await enrolment.enrol_person(self._id(code), person, source=Source.SELF, actor=by, now=now)

        return run

    def _register(self, name: str, address: str, organisation: str, code: str, *, confirmed: bool = False) -> Run:
        """On the public page; who confirms opens the mailed link 20 minutes later."""

        async def run(now: datetime) -> None:
            made = await enrolment.register(
                self._id(code),
                name=name,
                address=address,
                organisation=await enrolment_queries.organisation_named(organisation),
                organisation_name=organisation,
                now=now,
            )
            if confirmed:
                await enrolment.confirm(made.enrolment, now=now + timedelta(minutes=20))

        return run

    def _id(self, code: str) -> UUID:
        return self.world.cohorts[code].id
