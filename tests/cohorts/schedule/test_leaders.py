"""Who leads a session has it in the calendar, and is nobody that answers and places are counted of."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from uuid import UUID

import httpx

from academy import database as db
from academy.audit.service import ACADEMY
from academy.home import queries as home
from academy.invites import queries as invited
from academy.invites import service as invites
from academy.invites.tables import Reply
from academy.outbox import rendering
from academy.outbox.tables import Message
from cohorts import jobs
from cohorts.attendance import queries as attendance
from cohorts.dashboard import queries as dashboard
from cohorts.enrolment import service as enrolment
from cohorts.schedule import queries, service
from cohorts.schedule.rules import SessionDetails
from cohorts.schedule.sessions import Leaders
from tests.conftest import Clock
from tests.support.client import sign_in, words
from tests.support.courses import FIRST, MADE, a_course
from tests.support.makers import a_cohort, a_person, an_enrolment

HOUR = timedelta(hours=1)
HEAD = rendering.Letterhead(
    address="https://academy.example.org", mail_from="a@academy.example.org", organisation="Example", brand="#4b2e83"
)
LEA = "lea@partner.example"


async def lea(now: datetime) -> UUID:
    return await a_person(name="Lea Leader", address=LEA, now=now)


async def told(address: str = LEA) -> list[tuple[str, str]]:
    """Kind and method of each mail to an address, in the order they leave."""
    rows = await Message.select().where(Message.to_address == address).order_by(Message.queued_at, Message.number)
    parts = [rendering.calendar(row, HEAD) for row in rows]
    return [(row["kind"], part.method if part else "") for row, part in zip(rows, parts, strict=True)]


async def last_mail(address: str = LEA) -> str:
    rows = await Message.select().where(Message.to_address == address).order_by(Message.queued_at, Message.number)
    mail = message_from_bytes(rendering.octets(rows[-1], HEAD), policy=policy.default)
    return " ".join(mail.get_body(("plain",)).get_content().split())


async def test_who_leads_is_invited_told_of_changes_and_taken_off(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=1, now=now)
    (session,) = await queries.sessions(cohort)
    leader = await lea(now)

    await service.set_facilitators(session["id"], [leader], actor=ACADEMY, now=now)
    invite = await last_mail()
    await invites.change_event(session["event"], now=now + HOUR, place="Town Hall", reason="Flood")
    change = await last_mail()
    await service.set_facilitators(session["id"], [], actor=ACADEMY, now=now + 2 * HOUR)
    end = await last_mail()

    assert await told() == [
        ("session-invite", "REQUEST"),
        ("session-changed", "REQUEST"),
        ("place-withdrawn", "CANCEL"),
    ]
    assert "You lead this session of Top Talent, Essex." in invite
    assert "https://academy.example.org/my-sessions" in invite
    assert "your place" not in invite and "whether you can come" not in invite
    assert "A session of Top Talent, Essex that you lead has changed." in change
    assert "You no longer lead this session" in end
    assert await invited.events_of(leader, now=now) == []


async def test_who_takes_part_reads_nothing_of_leading(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=1, now=now)

    await an_enrolment(cohort=cohort, person=await lea(now), now=now)

    assert "You lead" not in await last_mail()


async def test_a_session_that_is_called_off_leaves_the_calendar_of_who_leads_it(
    database: db.Engine, now: datetime
) -> None:
    cohort = await a_cohort(sessions=1, now=now)
    (session,) = await queries.sessions(cohort)
    await service.set_facilitators(session["id"], [await lea(now)], actor=ACADEMY, now=now)

    await service.cancel_session(session["id"], "Snow", actor=ACADEMY, now=now + HOUR)

    assert await told() == [("session-invite", "REQUEST"), ("session-cancelled", "CANCEL")]
    assert "which you were to lead, does not take place" in await last_mail()


async def test_who_leads_a_planned_cohort_is_invited_when_it_is_published(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=2, published=False, now=now)
    first, second = await queries.sessions(cohort)
    leader = await lea(now)
    for session in (first, second):
        await service.set_facilitators(session["id"], [leader], actor=ACADEMY, now=now)
    before = await told()

    await service.publish(cohort, actor=ACADEMY, now=now)

    assert before == []
    assert await told() == [("session-invite", "REQUEST")] * 2


async def test_another_leader_and_another_time_at_once_is_one_mail_each(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=1, now=now)
    (session,) = await queries.sessions(cohort)
    new = await a_person(name="Nia New", address="nia@partner.example", now=now)
    await service.set_facilitators(session["id"], [await lea(now)], actor=ACADEMY, now=now)
    details = SessionDetails(
        title=session["title"], starts_at=session["starts_at"] + HOUR, ends_at=session["ends_at"] + HOUR
    )

    await service.change_session(
        session["id"], details, reason="Later", leaders=Leaders((new,)), actor=ACADEMY, now=now + HOUR
    )

    assert await told() == [("session-invite", "REQUEST"), ("place-withdrawn", "CANCEL")]
    assert await told("nia@partner.example") == [("session-invite", "REQUEST")]


async def test_a_new_session_invites_who_leads_it(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=1, now=now)
    starts = now + timedelta(days=40)

    await service.add_session(
        cohort,
        SessionDetails(title="Review", starts_at=starts, ends_at=starts + HOUR),
        leaders=Leaders((await lea(now),)),
        actor=ACADEMY,
        now=now,
    )

    assert await told() == [("session-invite", "REQUEST")]


async def test_who_leads_and_takes_part_has_one_entry_until_neither_is_so(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=1, now=now)
    (session,) = await queries.sessions(cohort)
    leader = await lea(now)
    await service.set_facilitators(session["id"], [leader], actor=ACADEMY, now=now)

    entry = await an_enrolment(cohort=cohort, person=leader, now=now + HOUR)
    (both,) = await invited.events_of(leader, now=now)
    await enrolment.withdraw(entry.enrolment, actor=ACADEMY, now=now + 2 * HOUR)
    (leads,) = await invited.events_of(leader, now=now)
    await service.set_facilitators(session["id"], [], actor=ACADEMY, now=now + 3 * HOUR)

    assert (both.takes_part, both.leads, leads.takes_part, leads.leads) == (True, True, False, True)
    assert await invited.events_of(leader, now=now) == []
    assert [(kind, method) for kind, method in await told() if method] == [
        ("session-invite", "REQUEST"),
        ("place-withdrawn", "CANCEL"),
    ]


# ----------------------------------------------------------------- the figures
async def test_nobody_counts_who_leads(database: db.Engine) -> None:
    course = await a_course("Ana", "Ben")
    leader = await lea(MADE)
    before = await figures(course.cohort, course.sessions[0])

    for session in course.sessions:
        await service.set_facilitators(session, [leader], actor=ACADEMY, now=MADE)
    event = (await queries.sessions(course.cohort))[0]["event"]
    await invites.reply(event, leader, Reply.ACCEPTED, now=MADE)

    assert await figures(course.cohort, course.sessions[0]) == before
    await jobs.send_reminders(FIRST - timedelta(days=1))
    reminded = await Message.select(Message.person).where(Message.kind == "session-reminder")
    assert {row["person"] for row in reminded} == set(course.people.values())


async def test_control_who_takes_part_is_counted(database: db.Engine) -> None:
    course = await a_course("Ana", "Ben")
    before = await figures(course.cohort, course.sessions[0])

    await an_enrolment(cohort=course.cohort, person=await lea(MADE), now=MADE)

    assert await figures(course.cohort, course.sessions[0]) != before


async def figures(cohort: UUID, session: UUID) -> list[object]:
    """Every number that is made of invitations."""
    found = await dashboard.figures(cohort, now=FIRST - timedelta(days=2))
    lines = await dashboard.session_lines(cohort)
    (soon, *_) = await home.soon(now=FIRST - timedelta(days=2))
    register = await attendance.register(session)
    return [
        (found.accepted, found.tentative, found.declined, found.silent, found.invited_at),
        [(one.invited, one.answered) for one in lines],
        (soon.coming, soon.declined, soon.invited),
        [(line.name, line.reply) for line in register.lines],
        [(one.name, one.reply) for one in await dashboard.roster(cohort, now=FIRST - timedelta(days=2))],
    ]


async def test_the_own_page_asks_who_leads_nothing(
    client: httpx.AsyncClient, clock: Clock, database: db.Engine, now: datetime
) -> None:
    cohort = await a_cohort(sessions=2, now=now)
    leader = await lea(now)
    for session in await queries.sessions(cohort):
        await service.set_facilitators(session["id"], [leader], actor=ACADEMY, now=now)
    await sign_in(client, leader)

    shown = words(await client.get("/home"))

    assert "Sessions you lead" in shown
    assert "Your next session" not in shown and "For you to do" not in shown
