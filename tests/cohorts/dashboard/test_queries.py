"""The figures of a cohort and its roster, as the databases count them."""

from datetime import datetime, timedelta

from academy import database as room
from academy.audit.service import ACADEMY
from academy.invites import service as invites
from academy.invites.tables import Reply
from academy.outbox.tables import Message, MessageState
from cohorts.attendance import service as registers
from cohorts.dashboard import queries
from cohorts.enrolment import service as enrolment
from cohorts.enrolment.tables import EnrolmentStatus
from cohorts.schedule import service as schedule
from cohorts.schedule.tables import CohortSession
from tests.support.courses import FIRST, MADE, OVER, A, P, a_course
from tests.support.makers import a_cohort, a_person, an_enrolment

DAY = timedelta(days=1)


async def event_of(session: object) -> object:
    (row,) = await CohortSession.select(CohortSession.event).where(CohortSession.id == session)
    return row["event"]


async def test_places_are_those_held_and_those_offered(database: room.Engine, now: datetime) -> None:
    cohort = await a_cohort(capacity=2, now=now)
    await an_enrolment(cohort=cohort, now=now)
    await enrolment.register(
        cohort,
        name="Omar",
        address="omar@council.example",
        organisation=None,
        organisation_name="",
        job_title="",
        now=now,
    )
    waiting = await a_person(name="Tom Price", now=now)
    await an_enrolment(cohort=cohort, person=waiting, now=now)

    found = await queries.figures(cohort, now=now)

    assert (found.taken, found.unconfirmed, found.waiting, found.first_waiting) == (2, 1, 1, "Tom Price")


async def test_replies_count_for_the_next_session_only(database: room.Engine) -> None:
    course = await a_course("Ana", "Ben", "Cem", "Dan")
    first, second = [await event_of(session) for session in course.sessions]
    for name, reply in (("Ana", Reply.ACCEPTED), ("Ben", Reply.DECLINED), ("Cem", Reply.TENTATIVE)):
        await invites.reply(first, course.people[name], reply, now=MADE)
    await invites.reply(second, course.people["Dan"], Reply.ACCEPTED, now=MADE)

    before = await queries.figures(course.cohort, now=FIRST - DAY)
    between = await queries.figures(course.cohort, now=FIRST + timedelta(hours=4))

    assert (before.next_title, before.accepted, before.declined, before.tentative, before.silent) == (
        "Day 1",
        1,
        1,
        1,
        1,
    )
    assert (between.next_title, between.accepted, between.silent) == ("Day 2", 1, 3)


async def test_an_answer_to_the_date_before_counts_as_none(database: room.Engine) -> None:
    course = await a_course("Ana", "Ben")
    event = await event_of(course.sessions[0])
    await invites.reply(event, course.people["Ana"], Reply.ACCEPTED, now=MADE)
    await invites.change_event(event, now=MADE + DAY, reason="Flood", place="Elsewhere")

    figures = await queries.figures(course.cohort, now=MADE + DAY)
    roster = await queries.roster(course.cohort, now=MADE + DAY)

    assert (figures.accepted, figures.silent) == (0, 2)
    assert [one.reply for one in roster] == [Reply.NEEDS_ACTION, Reply.NEEDS_ACTION]


async def test_a_cancelled_session_is_neither_next_nor_unmarked(database: room.Engine) -> None:
    course = await a_course("Ana")
    await schedule.cancel_session(course.sessions[0], "Ill", actor=ACADEMY, now=MADE)

    before = await queries.figures(course.cohort, now=MADE)
    after = await queries.figures(course.cohort, now=FIRST + timedelta(hours=4))

    assert (before.next_title, after.no_register) == ("Day 2", 0)


async def test_a_register_is_missing_until_somebody_is_marked(database: room.Engine) -> None:
    course = await a_course("Ana", "Ben")

    missing = await queries.figures(course.cohort, now=OVER)
    await course.take(2, Ana=P)
    one_left = await queries.figures(course.cohort, now=OVER)
    await course.take(1, Ana=P, Ben=A)
    none = await queries.figures(course.cohort, now=OVER)

    assert (missing.no_register, missing.no_register_title) == (2, "Day 2")
    assert (one_left.no_register, one_left.no_register_title) == (1, "Day 1")
    assert (none.no_register, none.no_register_session) == (0, None)
    assert (none.marked, none.attended) == (3, 2)


async def test_a_cohort_without_people_has_no_register_to_take(database: room.Engine) -> None:
    course = await a_course()

    assert (await queries.figures(course.cohort, now=OVER)).no_register == 0


async def test_who_left_does_not_count_in_attendance(database: room.Engine) -> None:
    course = await a_course("Ana", "Ben")
    await course.take(1, at=FIRST + timedelta(hours=4), Ana=P, Ben=A)
    await enrolment.withdraw(course.enrolments["Ben"], reason="", actor=ACADEMY, now=FIRST + timedelta(hours=5))

    found = await queries.figures(course.cohort, now=FIRST + timedelta(hours=6))

    assert (found.marked, found.attended) == (1, 1)


async def test_failed_mails_are_those_about_this_cohort_or_its_sessions(database: room.Engine, now: datetime) -> None:
    here, elsewhere = await a_cohort(now=now), await a_cohort(now=now)
    ana = await a_person(now=now)
    for cohort in (here, elsewhere):
        await an_enrolment(cohort=cohort, person=ana, now=now)
    mails = await Message.select(Message.id, Message.about_kind, Message.about_id).where(Message.person == ana)
    of_here = [row["id"] for row in mails if row["about_id"] == here]
    event = await event_of((await CohortSession.select().where(CohortSession.cohort == here))[0]["id"])
    of_here += [row["id"] for row in mails if row["about_id"] == event]
    await Message.update({Message.state: MessageState.FAILED}).where(Message.id.is_in(of_here))

    counts = [(await queries.figures(cohort, now=now)).failed_mails for cohort in (here, elsewhere)]
    long_after = await queries.figures(here, now=now + 15 * DAY)

    assert (counts, long_after.failed_mails) == ([2, 0], 0)


async def test_live_cohorts_are_those_not_over_and_those_with_a_certificate_to_decide(database: room.Engine) -> None:
    course = await a_course("Ana", needed=1)
    await course.take(1, Ana=P)
    await course.take(2, Ana=A)
    await a_cohort(name="Planned", published=False, now=MADE)
    await a_cohort(name="Open", now=MADE)
    await course.close()

    closed = {one.name for one in await queries.figures_of_live(now=OVER)}
    await registers.mark(
        course.sessions[0], {course.enrolments["Ana"]: A}, actor=ACADEMY, source="register", now=OVER + DAY
    )
    corrected = {one.name: one.to_decide for one in await queries.figures_of_live(now=OVER + DAY)}

    assert closed == {"Planned", "Open"}
    assert corrected == {"Planned": 0, "Open": 0, "Top Talent, Essex": 1}


async def test_the_roster_tells_of_each_person(database: room.Engine) -> None:
    course = await a_course("Ana", "Ben")
    await course.take(1, at=FIRST + timedelta(hours=4), Ana=P, Ben=A)
    await invites.reply(await event_of(course.sessions[1]), course.people["Ana"], Reply.DECLINED, now=FIRST)
    await enrolment.withdraw(course.enrolments["Ben"], reason="New job", actor=ACADEMY, now=FIRST + timedelta(hours=5))

    ana, ben = await queries.roster(course.cohort, now=FIRST + timedelta(hours=6))

    assert (ana.name, ana.status, ana.reply, ana.attended, ana.marked, ana.certificate) == (
        "Ana Example",
        EnrolmentStatus.ENROLLED,
        Reply.DECLINED,
        1,
        1,
        None,
    )
    assert (ben.status, ben.reason, ben.reply) == (EnrolmentStatus.WITHDRAWN, "New job", None)


async def test_a_certificate_stands_on_the_roster(database: room.Engine) -> None:
    course = await a_course("Ana")
    for day in (1, 2):
        await course.take(day, Ana=P)
    await course.close()

    (ana,) = await queries.roster(course.cohort, now=OVER)

    assert ana.certificate is not None


async def test_sessions_are_told_with_replies_registers_and_leaders(database: room.Engine) -> None:
    course = await a_course("Ana", "Ben")
    leaders = [await a_person(name=name, now=MADE) for name in ("Zed Lead", "Abe Lead")]
    await schedule.set_facilitators(course.sessions[0], leaders, actor=ACADEMY, now=MADE)
    await invites.reply(await event_of(course.sessions[0]), course.people["Ana"], Reply.TENTATIVE, now=MADE)
    await course.take(1, at=FIRST + timedelta(hours=4), Ana=P, Ben=A)

    first, second = await queries.session_lines(course.cohort)

    assert (first.title, first.invited, first.answered, first.came, first.marked) == ("Day 1", 2, 1, 1, 2)
    assert first.facilitators == "Abe Lead, Zed Lead"
    assert (second.answered, second.marked, second.facilitators) == (0, 0, "")
